"""Model files in, typed values and findings out: views, topics, fields, relationships, filters, formats.

May not: do I/O, read a clock, know a user or a dialect, parse the SQL of fields.
Door: `load.load_model`; `check.check_model` to validate, `combine` and `edits` for texts, `generate.schema`
for a model from tables. Neighbours: kit below, query above. Tests: tests/modeling.
"""
