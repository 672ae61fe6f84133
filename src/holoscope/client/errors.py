"""What can go wrong, seen from the caller's side. Texts carry the server's own sentence.

No exception holds a request, a header or a key: an exception may end in a log.
"""

from __future__ import annotations

from datetime import timedelta


class ClientError(Exception):
    """Base of everything this client raises on purpose; `detail` is one sentence for a person."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotConfigured(ClientError):
    """The client was given no usable address or key."""


class MissingLibrary(ClientError, ImportError):
    """A conversion needs a package that is not installed."""


class CannotConnect(ClientError):
    """The request never reached the server, so nothing ran."""


class CertificateNotTrusted(CannotConnect):
    """The server's certificate was not signed by an authority this client trusts."""


class ConnectionLost(ClientError):
    """The connection broke or went silent after the request was sent: it may have run."""


class BadResponse(ClientError):
    """The answer is not what this API promises: cut short, or not the documented shape."""


class ApiError(ClientError):
    """The server answered with an error status.

    `status` is the HTTP status; `code` is the machine-readable code when the server sends one
    (docs/reference/errors.md), else None.
    """

    def __init__(self, detail: str, *, status: int, code: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code


class BadRequest(ApiError):
    """400 and other 4xx: the request does not mean anything to this server."""


class PermissionDenied(ApiError):
    """401 or 403: the key is unknown, or it may not do this."""


class NotFound(ApiError):
    """404: it does not exist, or this key may not know that it does."""


class RateLimited(ApiError):
    """429, and waiting as the server asked was not possible within the retry budget.

    `retry_after` is the pause the server asked for, None when it named none.
    """

    def __init__(
        self, detail: str, *, status: int = 429, code: str | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(detail, status=status, code=code)
        self.retry_after = retry_after


class ServerFailed(ApiError):
    """5xx: the server or something before it failed."""


class QueryFailed(ClientError):
    """The query ran into an error that the server reports inside a successful answer.

    `error_type` is the published word (`PLAN`, `QUERY`, `FORBIDDEN`, `KILL` …), or `UNKNOWN`.
    """

    def __init__(self, detail: str, *, error_type: str = "UNKNOWN", job_id: str | None = None) -> None:
        super().__init__(detail)
        self.error_type = error_type
        self.job_id = job_id


class QueryTimedOut(ClientError):
    """The query was still running when the caller's time limit was reached.

    `job_ids` may be given to `Client.wait` to go on waiting.
    """

    def __init__(self, detail: str, *, job_ids: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.job_ids = job_ids
