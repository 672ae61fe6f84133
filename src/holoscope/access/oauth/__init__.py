"""Grants to client programs: OAuth 2.0 authorization codes with PKCE, access and refresh tokens.

May not: know HTTP; it takes and returns texts. Door: `Grants`. Rules: `rules`; rows: `grant_rows`.
Tests: tests/http/test_oauth.py. See docs/reference/oauth.md.
"""
