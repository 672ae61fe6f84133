"""What lies over the grouped result: calculations, and rows turned into other rows.

`sheet.py` is the value that every step takes and gives; `lay.py` makes the first one from a plan and
takes the steps in their order.
"""
