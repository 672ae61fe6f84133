"""Who asks and what that person may see: users, groups, keys, roles, attributes, SCIM reading.

May not: know a web framework, compile or run a query, commit outside its unit of work.
Door: `authenticate.Authenticator`, `actors.impersonate`, `scope.Scopes`, `whoami`, `scim`, `api_keys`.
Neighbours: storage and query.scope below; modelstore, runs, http above. Tests: tests/access.
"""
