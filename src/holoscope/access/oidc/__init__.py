"""Single sign-on with an OpenID Connect provider: discovery, code and proof, ID token, whose it is.

May not: trust anything a browser or the provider says before it is checked. Door: `OidcSignIn`. What the
operator chose: `provider`; calling out: `fetch`; tokens: `id_token`; people: `identities`.
Tests: tests/http/test_oidc.py. See docs/how-to/single-sign-on.md.
"""
