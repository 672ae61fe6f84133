"""Words of SQL: parsing field text into trees, and the contract a dialect must meet.

May not: know views or queries, make text anywhere but in a dialect's `render`.
Door: `parse.parse_template`, `dialect.Dialect`. Neighbours: kit below, modeling and query above.
Tests: tests/sql, and every case page of tests/query/cases.
"""
