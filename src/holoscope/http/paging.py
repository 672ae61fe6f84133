"""The page size as it arrives in a query string (API digest §1.6)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from holoscope.kit.paging import DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE


def _page_size(value: int) -> int:
    if value < 1:
        raise PydanticCustomError("page_size", "Page size must be at least 1")
    if value > MAXIMUM_PAGE_SIZE:
        raise PydanticCustomError(
            "page_size", "Page size cannot exceed {maximum}", {"maximum": MAXIMUM_PAGE_SIZE}
        )
    return value


PageSize = Annotated[
    int,
    AfterValidator(_page_size),
    WithJsonSchema(
        {"type": "integer", "minimum": 1, "maximum": MAXIMUM_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE}
    ),
]
