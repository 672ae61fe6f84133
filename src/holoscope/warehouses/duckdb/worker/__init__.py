"""The program in which DuckDB runs: `python -m holoscope.warehouses.duckdb.worker`, started by `process`.

It opens one file, confines itself, and then answers statements until the server hangs up. It knows
no model and no user, and imports nothing of the server but what is needed to run a statement.
"""
