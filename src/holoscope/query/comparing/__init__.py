"""Period over period: every measure once for each of several periods (query digest §2.7).

`wire.py` reads what is compared, `period.py` is one period and what it does to times, `build.py` makes
the plan of each (docs/decisions/0062).
"""
