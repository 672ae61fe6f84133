"""Pages of a list: the size rules, the opaque cursor and the wire shape (API digest §1.6)."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from holoscope.kit.errors import BadRequest
from holoscope.kit.text import is_storable

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 20
MAXIMUM_PAGE_SIZE = 100
_LONGEST_CURSOR = 4096


class BadCursor(BadRequest):
    """A cursor that this server did not make, or made for another list."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("Invalid cursor")


def page_size_of(size: int | None) -> int:
    """Return the number of records per page, 20 when nothing was asked.

    Raises:
        BadRequest: fewer than 1 or more than 100, in the words clients know.
    """
    if size is None:
        return DEFAULT_PAGE_SIZE
    if size < 1:
        raise BadRequest("Bad Request: pageSize: Page size must be at least 1")
    if size > MAXIMUM_PAGE_SIZE:
        raise BadRequest(f"Bad Request: pageSize: Page size cannot exceed {MAXIMUM_PAGE_SIZE}")
    return size


def encode_cursor(position: Sequence[str]) -> str:
    """Wrap the sort values of the last record of a page: base64url of a JSON array, no padding."""
    text = json.dumps(list(position), ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, parts: int) -> tuple[str, ...]:
    """Unwrap a cursor of exactly `parts` texts.

    Raises:
        BadCursor: it is anything else.
    """
    if not cursor or len(cursor) > _LONGEST_CURSOR:
        raise BadCursor
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        position = json.loads(raw.decode())
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor from None
    if (
        not isinstance(position, list)
        or len(position) != parts
        or not all(isinstance(part, str) and is_storable(part) for part in position)
    ):
        raise BadCursor
    return tuple(position)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. `total_records` counts every page and is the same on each; no next cursor, no next page."""

    records: tuple[T, ...]
    page_size: int
    total_records: int
    next_cursor: str | None = None

    def wire(self, render: Callable[[T], Any]) -> dict[str, Any]:
        """Build the wire body: `pageInfo` and `records`, each record through `render`."""
        return {
            "pageInfo": {
                "hasNextPage": self.next_cursor is not None,
                "nextCursor": self.next_cursor,
                "pageSize": self.page_size,
                "totalRecords": self.total_records,
            },
            "records": [render(record) for record in self.records],
        }
