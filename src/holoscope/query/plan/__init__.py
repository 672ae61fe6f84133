"""The plan: frozen values that say what is computed, in which steps, before any SQL text.

`rows` are joined and filtered; `parts` group them; `QueryPlan` merges parts, keeps, sorts, limits.
"""
