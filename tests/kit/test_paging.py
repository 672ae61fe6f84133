"""Page sizes, cursors and the wire shape."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holoscope.kit.errors import BadRequest
from holoscope.kit.paging import BadCursor, Page, decode_cursor, encode_cursor, page_size_of


@pytest.mark.parametrize(("asked", "size"), [(None, 20), (1, 1), (20, 20), (100, 100)])
def test_sizes(asked: int | None, size: int) -> None:
    assert page_size_of(asked) == size


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (0, "Bad Request: pageSize: Page size must be at least 1"),
        (-5, "Bad Request: pageSize: Page size must be at least 1"),
        (101, "Bad Request: pageSize: Page size cannot exceed 100"),
    ],
)
def test_sizes_out_of_range_are_refused_in_the_known_words(asked: int, sentence: str) -> None:
    with pytest.raises(BadRequest) as refused:
        page_size_of(asked)
    assert refused.value.detail == sentence


@given(st.lists(st.text(max_size=50), min_size=1, max_size=5))
def test_a_cursor_returns_what_went_in(parts: list[str]) -> None:
    parts = [part.encode("utf-8", "ignore").decode().replace("\x00", "") for part in parts]
    assert decode_cursor(encode_cursor(parts), parts=len(parts)) == tuple(parts)


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!",
        "ünïcode",
        "a" * 100_000,
        packed({"a": 1}),
        packed([1, 2]),
        packed(["one"]),
        packed("text"),
        packed([["nested"], "b"]),
        packed(["\ud800", "b"]),
        packed(["a", "\x00"]),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 2000).decode(),
    ],
)
def test_anything_else_is_no_cursor(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, parts=2)


def test_the_wire_shape() -> None:
    page = Page((1, 2), page_size=2, total_records=5, next_cursor="abc")
    assert page.wire(str) == {
        "pageInfo": {"hasNextPage": True, "nextCursor": "abc", "pageSize": 2, "totalRecords": 5},
        "records": ["1", "2"],
    }
    last = Page((1,), page_size=2, total_records=5).wire(str)["pageInfo"]
    assert (last["hasNextPage"], last["nextCursor"]) == (False, None)
