"""People and groups as administrators see and change them through operations of our own.

What may be done and what is written is decided by the same functions that SCIM goes through.
"""
