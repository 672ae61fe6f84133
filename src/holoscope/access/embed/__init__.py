"""Embedding: signed addresses become sessions of members of other people's applications.

`signatures` proves who made an address, `parameters` says what may be in it, `members` brings the member
level with it, `logins` does all of it in one transaction. See docs/reference/embedding.md and platform
digest §5. Tests: `tests/access/embed`.
"""
