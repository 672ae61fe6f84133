"""PostgreSQL: a server asked over ADBC, in read-only transactions.

`dialect` holds its words, `driver` the executions, `sessions` the connections they run on, `shape`
the types it delivers, `catalog` its tables, `settings` what a connection is made of.
"""
