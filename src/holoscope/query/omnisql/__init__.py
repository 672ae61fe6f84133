"""OmniSQL: SQL over the model's names, planned as governed queries (query digest §4.8).

A SELECT over `${view}` becomes a plan like any query's: joins of the model, row rules, masks, measures that
no join counts twice. What stands around it (CTEs, sub-queries, unions) stays SQL. docs/decisions/0056.

May not: let a name through that the asker cannot see, leave a `${...}` in the text it gives.
Door: `compile.compile_omnisql`, called by `query.sqljobs`. Tests: tests/query/omnisql (pages).
"""
