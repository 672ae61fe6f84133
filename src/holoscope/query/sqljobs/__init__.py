"""SQL jobs: hand-written SQL as it stands (verbatim), and SQL over the model's names (OmniSQL).

May not: run anything, paste a value into text, plan what the asker may not write (`QUERY_SQL`).
Door: `compile.compile_sql`, called by `query.compiler`. `wire.read_sql` says which of the two a body is.
Neighbours: the resolver and the plans of `query`. Tests: tests/query/omnisql, tests/query/test_verbatim.py.
"""
