"""Table calculations: columns computed over the rows that a query has fetched (query digest §2.6).

A calculation comes as a syntax tree, as a spreadsheet formula or as SQL-like text; all three are read into
the same nodes (`node.py`), which become trees over the result's columns (`translate.py`), laid in stages
over the result (`stages.py`).
"""
