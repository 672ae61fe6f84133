"""The web application: what `web/` at the root of the repository was built into, and its server side.

May not know queries, models or people: the application in the browser asks the public API like anyone.
Door: `application.app_routes`. Beside it `http`, which serves the API; `app` puts the two together.
Tests: tests/web (server side and real browsers), web/src (component tests).
"""
