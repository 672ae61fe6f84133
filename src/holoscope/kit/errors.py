"""Every error a caller may see starts here. Rooms subclass; only `http.errors` renders."""

from __future__ import annotations

from typing import ClassVar


class HoloscopeError(Exception):
    """A failure we can explain. Subclasses set `code` and `status`; the text is for a person.

    `code` is part of the public API: clients branch on it, so it never changes once
    released. `status` is the HTTP status. `error_type` is what a failed query job
    reports in band (reference: query digest §1.4). `retry_seconds` is told as `Retry-After` when it is not 0,
    `position` is where in a text that was sent the mistake begins, in characters.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    error_type: ClassVar[str] = "INTERNAL"
    show_in_embed: ClassVar[bool] = False
    retry_seconds: int = 0
    position: int | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(HoloscopeError):
    """The thing does not exist, or this actor may not know that it does."""

    code = "not_found"
    status = 404
    error_type = "PLAN"


class BadRequest(HoloscopeError):
    """The request does not have the documented shape; `detail` says which field and why."""

    code = "bad_request"
    status = 400
    error_type = "PLAN"


class Forbidden(HoloscopeError):
    """The actor is known and lacks a permission."""

    code = "forbidden"
    status = 403
    error_type = "FORBIDDEN"


class Conflict(HoloscopeError):
    """The request contradicts the present state."""

    code = "conflict"
    status = 409


class InvalidQuery(HoloscopeError):
    """The query cannot mean anything against this model."""

    code = "invalid_query"
    status = 400
    error_type = "PLAN"
    show_in_embed = True


class NoSuchField(InvalidQuery):
    """A filter, sort or expression names a field that is not in the model as this actor sees it."""

    code = "no_such_field"

    def __init__(self, name: str, *, near: tuple[str, ...] = ()) -> None:
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        super().__init__(f'No such field "{name}".{hint}')


class NoJoinPath(InvalidQuery):
    """Two views cannot be connected by the topic's joins or the model's relationships."""

    code = "no_join_path"

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"No join path from {left} to {right}")


class FanOutNeedsKey(InvalidQuery):
    """A join multiplies a view that has no primary key, so its measure cannot be exact."""

    code = "plan_pk_required_due_to_join_fanout"
    error_type = "PLAN_PK_REQUIRED_DUE_TO_JOIN_FANOUT"

    def __init__(self, measure: str, view: str) -> None:
        super().__init__(
            f'Join fans out data without primary key: "{measure}" would count rows of "{view}" more than '
            f'once. Mark a dimension of "{view}" with primary_key: true.'
        )


class RowsNeedKey(InvalidQuery):
    """A rule of access starts from a view without a primary key, so which of its rows it shows is unknown."""

    code = FanOutNeedsKey.code
    error_type = FanOutNeedsKey.error_type

    def __init__(self, view: str) -> None:
        super().__init__(
            f'Rows of "{view}" are restricted by what is joined to them, and "{view}" has no primary key to '
            f'tell its rows apart. Mark a dimension of "{view}" with primary_key: true.'
        )


class WarehouseError(HoloscopeError):
    """The warehouse refused or failed; the text is the warehouse's own, scrubbed of credentials."""

    code = "warehouse"
    status = 400
    error_type = "QUERY"


class RunKilled(HoloscopeError):
    """A run was cancelled or ran out of time."""

    code = "run_killed"
    status = 408
    error_type = "KILL"
