"""Where a request came from, for the audit log and the throttle of sign-ins."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

_MOST_TEXT = 256


@dataclass(frozen=True, slots=True)
class Origin:
    """What a request said of itself; all None where the server itself acts."""

    address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


_NOWHERE = Origin()
_CURRENT: ContextVar[Origin] = ContextVar("holoscope_origin", default=_NOWHERE)


def current_origin() -> Origin:
    """Return where the request of this context came from; context goes along into threads of a request."""
    return _CURRENT.get()


def set_origin(address: str | None, user_agent: str | None, request_id: str | None) -> None:
    """Say where the request of this context came from; texts are cut, as they are anybody's."""
    _CURRENT.set(
        Origin(
            None if address is None else address[:64],
            None if user_agent is None else user_agent[:_MOST_TEXT],
            None if request_id is None else request_id[:64],
        )
    )
