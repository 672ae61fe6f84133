"""The base of wire shapes, and the one way bytes of JSON are made."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from holoscope.kit.ids import is_uuid


def dump(value: object) -> bytes:
    """Return `value` as compact JSON, key order kept."""
    return orjson.dumps(value)


class Wire(BaseModel):
    """snake_case here, camelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class SnakeWire(BaseModel):
    """A shape whose published keys are snake_case."""

    model_config = ConfigDict(populate_by_name=True, frozen=True)


class StrictBody(Wire):
    """A request body that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class StrictQuery(Wire):
    """A query string that refuses keys it does not know; a key with an empty value counts as absent."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: object) -> object:
        if isinstance(values, dict):
            return {key: value for key, value in values.items() if value != ""}
        return values


def _uuid(value: str) -> str:
    if not is_uuid(value):
        raise PydanticCustomError("uuid", "Invalid uuid")
    return value.lower()


def _boolean(value: object) -> object:
    if value in {"true", "1"}:
        return True
    return False if value in {"false", "0"} else value


Uuid = Annotated[str, AfterValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
"""An identifier in the API's strict UUID spelling; lower case from here on."""

QueryBool = Annotated[StrictBool, BeforeValidator(_boolean)]
"""`true`, `false`, `1` or `0` in a query string."""

SortDirection = Literal["asc", "desc"]


class PageInfo(Wire):
    """Where a page lies; `total_records` is the same on every page."""

    has_next_page: bool
    next_cursor: str | None
    page_size: int
    total_records: int
