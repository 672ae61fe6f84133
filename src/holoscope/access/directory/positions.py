"""What lists of the directory share: positions as opaque cursors, and texts to search for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from holoscope.access.people_users import fold
from holoscope.kit.errors import BadRequest
from holoscope.kit.paging import BadCursor, decode_cursor, encode_cursor
from holoscope.kit.text import is_plain

LONGEST_SEARCH = 320
"""So long an e-mail address may be (RFC 3696, erratum 1690); databases bound what they look for."""


def cursor_of(position: tuple[Any, str] | None) -> str | None:
    """Wrap the position after the last row of a page; None after the last page."""
    if position is None:
        return None
    sort, id_ = position
    return encode_cursor((sort.isoformat() if isinstance(sort, datetime) else str(sort), id_))


def position_of(cursor: str | None, *, is_instant: bool) -> tuple[Any, str] | None:
    """Unwrap a cursor of a list that is sorted by an instant, or else by a text.

    Raises:
        BadCursor: it is none of such a list.
    """
    if cursor is None:
        return None
    sort, id_ = decode_cursor(cursor, parts=2)
    if not is_instant:
        return sort, id_
    try:
        instant = datetime.fromisoformat(sort)
        if instant.tzinfo is None:
            raise BadCursor
        return instant.astimezone(UTC), id_
    except (ValueError, OverflowError):  # the first or last day there is, far from UTC
        raise BadCursor from None


def searched(text: str, *, folded: bool = True) -> str:
    """Return a text to search for, in the form that names are searched by.

    Raises:
        BadRequest: it has characters that no name has, or is longer than anything searched.
    """
    if len(text) > LONGEST_SEARCH:
        raise BadRequest(f"Bad Request: search: At most {LONGEST_SEARCH} characters")
    if not is_plain(text):
        raise BadRequest("Bad Request: search: Control characters are not allowed")
    return fold(text) if folded else text
