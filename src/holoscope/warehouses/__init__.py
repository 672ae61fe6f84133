"""Warehouses: the outside databases, one folder each: words, connection, catalogue, settings.

May not: decide what a query means, know users, HTTP or models' files.
Door: `base.Warehouse` (the port) and each folder's `open_<name>`. Neighbours: query and sql
below, runs above, storage beside (never imported).
Tests: tests/warehouses.
"""
