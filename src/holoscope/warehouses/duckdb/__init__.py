"""DuckDB: a database file opened read-only inside a locked sandbox, in processes of its own.

The server's side: `dialect` holds its words, `settings` its limits, `driver` the executions, `workers` the
processes of a connection, `process` one of them, `nursery` those that are ready, `failures` what their
failures mean, `catalog` and `repeats` what a file holds. Between: `frames`. The program in the
process: `worker`, with `gate` for the statements it accepts and `shape` for the types it delivers.
"""
