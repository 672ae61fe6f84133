"""The audit log: who did what to which object, from where, with which credential.

Rows are added in the transaction of what they tell of, and never changed: `record` is the door
for writes, `AuditQueue` for what happens too often to wait for the disk. Tests: `tests/access`.
"""
