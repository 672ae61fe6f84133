"""Shapes of filters that are read and said; operations of our own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictInt, StrictStr

from holoscope.http.wire import StrictBody, Wire

FieldType = Literal["string", "number", "date", "timestamp", "boolean"]
WeekDay = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class QueryFiltersParseBody(StrictBody):
    """A filter as text or as the object of a query; one of both is said."""

    field_type: Annotated[FieldType, BeforeValidator(_lower)] = Field(
        description="The field's `data_type`, in either letter case; `date` for a time without a clock."
    )
    text: StrictStr | None = Field(default=None, max_length=20_000)
    filter: dict[str, Any] | StrictStr | None = Field(default=None, description="As in `filters` of a query.")
    timezone: str | None = Field(default=None, description="IANA name, for `window`; UTC unless it is said.")
    week_start_day: WeekDay = Field(default="Monday", description="`week_start_day` of the model.")
    fiscal_month_offset: StrictInt | None = Field(
        default=None, ge=-11, le=11, description="Of the model; without it fiscal windows are not told."
    )


class FilterWindow(Wire):
    """Wall times of the time zone: from the first one on, before the second; null where there is no end."""

    from_: datetime | None = Field(alias="from")
    until: datetime | None


class QueryFiltersParseResponse(Wire):
    filter: dict[str, Any] | str | None = Field(
        description="The filter as a query takes it; null when everything passes. Rarely a text."
    )
    text: str | None = Field(description="Canonical text; null when no text says the same.")
    words: str = Field(description="The rest of a sentence that begins with the field's name.")
    window: FilterWindow | None = Field(description="The window of time, reckoned now; null for others.")
