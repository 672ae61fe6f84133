"""The few pages this room renders itself: signing in, accepting an invitation, allowing a client.

They need no script, and their policy allows none. May not: decide anything; routers do. Door: `page`.
Tests: tests/http/test_pages.py.
"""
