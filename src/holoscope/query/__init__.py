"""The compiler: a query body, a model and the asker's scope become one SQL text. Pure.

May not: open anything, read a clock, know a user beyond `Scope`, format SQL from strings.
Door: `spec.parse_query`, `compiler.compile_query`, `catalogue`. Neighbours: modeling and sql
below, warehouses' dialects passed in, runs and http above.
Tests: tests/query (case pages, property test), tests/soundness.
"""
