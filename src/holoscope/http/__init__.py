"""The public contract: every path below `/api`, its shapes, errors, limits and description.

May not: touch tables or drivers, decide what a query means, hold state between requests.
Door: `application.create_app(Services)`; `ports.Services` says what it calls. Hot paths are plain
Starlette routes with msgspec. Neighbours: runs, modelstore, access below; app above. Tests: tests/http.
"""
