"""The canonical error bodies, in one place: every HTTP test states a refusal through these."""

from __future__ import annotations

from typing import Any

MALFORMED = "Bad authorization header, must be formatted as Bearer <token>"
INVALID_KEY = "Invalid bearer token"
NO_SCIM = "User-scoped API keys are not allowed to access the SCIM API."
SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def refused(response: Any, status: int, detail: str) -> None:
    """An application route said no: `{detail, status, code}` and nothing else."""
    body = response.json()
    assert (response.status_code, body.get("detail")) == (status, detail), response.text
    assert body.keys() == {"detail", "status", "code"}
    assert body["status"] == status
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]


def refused_credential(response: Any, status: int, message: str) -> None:
    """The authentication layer said no: `{error: {code, message}}`."""
    assert (response.status_code, response.json()) == (
        status,
        {"error": {"code": status, "message": message}},
    )
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]


def refused_scim(response: Any, status: int, detail: str) -> None:
    """A SCIM route said no, in SCIM's own media type."""
    body = response.json()
    assert (response.status_code, body["detail"]) == (status, detail), response.text
    assert body["status"] == str(status)
    assert body["schemas"] == [SCIM_ERROR]
    assert response.headers["content-type"] == "application/scim+json"


def unrouted(response: Any) -> None:
    """Nothing is served there: `{message: "Not found"}`."""
    assert (response.status_code, response.json()) == (404, {"message": "Not found"})
