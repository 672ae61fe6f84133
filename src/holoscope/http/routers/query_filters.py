"""The language of filters between text, object and words; an operation of our own."""

from __future__ import annotations

from holoscope.http.operation import CurrentActor, router, serve
from holoscope.http.shapes.query_filters import (
    FilterWindow,
    QueryFiltersParseBody,
    QueryFiltersParseResponse,
)
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest
from holoscope.kit.time_zones import is_time_zone
from holoscope.modeling.timeframes import weekday_index
from holoscope.modeling.types import DataType
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.understand import Understood, understand_node, understand_text

routes = router("Query")
_TYPES = {"date": DataType.TIMESTAMP}


@serve(routes, "POST", "/v1/query/filters/parse", "queryFiltersParse", QueryFiltersParseResponse)
def parse_query_filter(body: QueryFiltersParseBody, actor: CurrentActor) -> QueryFiltersParseResponse:
    """Read a filter as text or as an object; say it as the object, as text and in words."""
    kind = _TYPES.get(body.field_type) or DataType(body.field_type.upper())
    clock = Clockwork.at(
        system_clock(), _zone(body), weekday_index(body.week_start_day), body.fiscal_month_offset
    )
    return _wire(_understand(body, kind, clock))


def _understand(body: QueryFiltersParseBody, kind: DataType, clock: Clockwork) -> Understood:
    if (body.text is None) == (body.filter is None):
        raise BadRequest("Bad Request: text: either text or filter is required, and not both")
    if body.text is not None:
        return understand_text(body.text, kind, clock)
    return understand_node(body.filter, kind, clock)


def _zone(body: QueryFiltersParseBody) -> str:
    if body.timezone is not None and not is_time_zone(body.timezone):
        raise BadRequest("Bad Request: timezone: Time zone must be IANA valid.")
    return body.timezone or "UTC"


def _wire(said: Understood) -> QueryFiltersParseResponse:
    window = None
    if said.window is not None and said.window != (None, None):
        window = FilterWindow(**{"from": said.window[0], "until": said.window[1]})
    return QueryFiltersParseResponse(filter=said.node, text=said.text, words=said.words, window=window)
