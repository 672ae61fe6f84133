"""Aggregate awareness: a table that holds an answer ready is read instead of the base tables.

`stored` says what a table holds, as expressions; `proof` decides, and only ever from those; `choose`
takes the coarsest table that passes (modeling digest §6.1).
"""
