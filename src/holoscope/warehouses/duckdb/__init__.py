"""DuckDB: a database file opened read-only inside a locked sandbox.

`dialect` holds its words, `settings` the sandbox, `gate` the statements it accepts, `shape`
the types it delivers, `driver` the executions, `catalog` its tables.
"""
