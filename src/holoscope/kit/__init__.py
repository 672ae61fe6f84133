"""Floor of the house: errors, ids, clock, secrets, suggestions.

May not: do I/O, read a clock by itself, import another room.
Door: its modules, one subject each. Neighbours: everyone above. Tests: tests/kit.
"""
