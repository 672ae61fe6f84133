"""Rows for values that no row of the data has: months without sales, empty bins (query digest §2.5).

`choose.py` decides which values a field shall have, `grid.py` lists times, `write.py` writes the SELECT.
"""
