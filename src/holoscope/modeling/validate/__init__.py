"""Rules over what was read: one small file each, every finding with a stable code.

`view.py` lists the rules of one view, `field.py` those of fields across views, `model.py` those of
relationships, topics and access. A rule takes values and yields findings; it changes nothing.
"""
