"""Kept results that answer other questions than the ones they were fetched for.

`index` finds results that may contain an answer, `query.reuse` proves it, `kept` holds their rows ready and
`engine` derives the answer with a DuckDB of its own. `reuse` puts these together and is the door. On any
doubt there is no answer, and the warehouse is asked.
"""
