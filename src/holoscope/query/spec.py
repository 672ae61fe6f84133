"""The query object of the wire, read tolerantly into a frozen value (query digest §2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from holoscope.kit.errors import BadRequest, InvalidQuery
from holoscope.kit.text import read_whole
from holoscope.modeling.conditions import Condition
from holoscope.query.calculations.calculation import Calculation, read_calculations
from holoscope.query.calculations.needs import unselected
from holoscope.query.comparing.wire import PERIOD, Compared, read_compared
from holoscope.query.controls.apply import apply_controls
from holoscope.query.controls.narrowing import EITHER
from holoscope.query.filters.wire import parse_filter, weigh
from holoscope.query.filters.wire_values import read_bool
from holoscope.query.spellings import plain_body
from holoscope.query.sqljobs.wire import SqlText, as_sql_body, read_sql
from holoscope.query.summaries import Summary, read_summaries

DEFAULT_LIMIT_ROWS = 1000
DEFAULT_COLUMN_LIMIT = 50
_GRAND_TOTAL = "::total::"
_HEAVIEST = 40_000
_DEEPEST = 5
_MOST_REFERENCES = 20
_EMPTY: Mapping[str, Any] = MappingProxyType({})


class NullSort(StrEnum):
    """Where NULLs go. OMNI_DEFAULT: NULL is the smallest value."""

    OMNI_DEFAULT = "OMNI_DEFAULT"
    DIALECT_DEFAULT = "DIALECT_DEFAULT"
    FIRST = "FIRST"
    LAST = "LAST"


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort. `is_column` ones order the columns of a pivoted result.

    `pivot_values` say in which of these columns the values stand that its rows are ordered by.
    """

    column_name: str
    descending: bool = False
    nulls: NullSort = NullSort.OMNI_DEFAULT
    is_column: bool = False
    pivot_values: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """A condition under the field name it was asked for.

    `required` ones the topic asks, not the query. `authored` ones stand in the model: no mask hides values
    from them.
    """

    field: str
    condition: Condition
    ignore_if_unjoinable: bool = False
    required: bool = False
    authored: bool = False


@dataclass(frozen=True, slots=True)
class QuerySpec:
    """What the caller asked for; names are not resolved yet.

    `topic=None` is a bare-view query of `table`. `totals` holds the keys of `column_totals`.
    `references` are the queries that filters may name by their key. `calculations` by their names.
    `pivots` become columns, at most `column_limit` of them. `transposed` are the measures that become rows,
    `()` for none and None for all rows gone. Of each list of `any_of` one filter at least must hold.
    """

    fields: tuple[str, ...]
    table: str = ""
    topic: str | None = None
    filters: tuple[FieldFilter, ...] = ()
    sorts: tuple[Sort, ...] = ()
    limit_rows: int | None = DEFAULT_LIMIT_ROWS
    offset_rows: int = 0
    totals: tuple[str, ...] = ()
    group_by: bool = True
    labels: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    sql: SqlText | None = None
    join_via: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _EMPTY)
    references: Mapping[str, QuerySpec] = field(default_factory=lambda: _EMPTY)
    calculations: Mapping[str, Calculation] = field(default_factory=lambda: _EMPTY)
    fill_fields: tuple[str, ...] = ()
    transposed: tuple[str, ...] | None = ()
    any_of: tuple[tuple[FieldFilter, ...], ...] = ()
    pivots: tuple[str, ...] = ()
    column_limit: int = DEFAULT_COLUMN_LIMIT
    row_totals: tuple[str, ...] = ()
    compared: Compared = field(default_factory=Compared)
    summaries: Mapping[str, Summary] = field(default_factory=lambda: _EMPTY)

    @property
    def added(self) -> frozenset[str]:
        """Lower-cased names of the columns that are laid over the grouped result; the model has no such."""
        names = {name.lower() for name in self.calculations}
        return frozenset(names | TRANSPOSED if self.transposed else names)

    @property
    def unselected(self) -> tuple[str, ...]:
        """Measures that calculations read and the result does not show."""
        if not self.calculations:
            return ()
        roots = (
            *self.fields,
            *(sort.column_name for sort in self.sorts),
            *(one.field for one in self.filters),
        )
        return unselected(self.calculations, roots, self.fields)

    @property
    def is_laid_out(self) -> bool:
        """Tell whether anything is laid over the grouped result (`query/sheet`)."""
        return (
            bool(self.calculations or self.pivots or (self.summaries and self.totals))
            or self.transposed != ()
        )


TRANSPOSED = frozenset({"measure_name", "measure_order", "measure_value"})
"""Columns of a result whose measures have become rows (query digest §2.1)."""


def parse_query(body: Mapping[str, Any], depth: int = 0) -> QuerySpec:
    """Read a query object; unknown keys are dropped, string booleans and numerals tolerated.

    Raises:
        BadRequest: a key has a value of the wrong shape; the sentence names it.
        InvalidQuery: a part of the language that this version does not compute.
    """
    body = plain_body(body)
    sql = read_sql(body)
    body = apply_controls(body if sql is None else as_sql_body(body))
    fields = _names(body.get("fields"))
    compared = read_compared(body.get("period_over_period_computations"), fields)
    return QuerySpec(
        fields=fields,
        table=_text(body, "table"),
        topic=_text(body, "join_paths_from_topic_name") or None,
        filters=_filters(body.get("filters")),
        sorts=_sorts(body.get("sorts")),
        limit_rows=_limit(body),
        offset_rows=_count(body.get("offset"), "offset"),
        totals=_totals(body.get("column_totals"), "column_totals"),
        group_by=read_bool(body.get("default_group_by", True), "query.default_group_by", default=True),
        labels=_labels(body.get("metadata")),
        sql=sql,
        join_via=_join_via(body.get("join_via_map")),
        references=_references(body, depth),
        calculations=read_calculations(body.get("calculations"), fields),
        fill_fields=_fill_fields(body.get("fill_fields")),
        transposed=_transposed(body.get("transposed_measures")),
        any_of=_alternatives(body.get(EITHER)),
        pivots=_pivots(body.get("pivots"), compared),
        compared=compared,
        summaries=read_summaries(body.get("custom_summary_types")),
        column_limit=_column_limit(body.get("column_limit")),
        row_totals=_totals(body.get("row_totals"), "row_totals"),
    )


def is_grand_total(key: str) -> bool:
    """Tell whether a `column_totals` key asks for the grand total whatever its name resolves to."""
    return key == _GRAND_TOTAL


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"Bad Request: query.{key}: Invalid input: expected string, received {_kind(value)}")
    return value


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        raise BadRequest("Bad Request: query.fields: Invalid input: expected array, received undefined")
    if not isinstance(value, list):
        raise BadRequest(f"Bad Request: query.fields: Invalid input: expected array, received {_kind(value)}")
    for position, name in enumerate(value):
        if not isinstance(name, str):
            raise BadRequest(
                f"Bad Request: query.fields.{position}: Invalid input: "
                f"expected string, received {_kind(name)}"
            )
    return tuple(dict.fromkeys(value))


def _filters(value: object) -> tuple[FieldFilter, ...]:
    if not value:
        return ()
    if not isinstance(value, Mapping):
        raise BadRequest(f"Bad Request: query.filters: expected an object, received {_kind(value)}")
    if sum(weigh(filter_) for filter_ in value.values()) > _HEAVIEST:
        raise BadRequest(f"Bad Request: query.filters: more than {_HEAVIEST} values in all; narrow them")
    return tuple(_filter(str(name), filter_, f"query.filters.{name}") for name, filter_ in value.items())


def _filter(name: str, value: object, at: str) -> FieldFilter:
    ignores = isinstance(value, Mapping) and read_bool(
        value.get("ignore_if_unjoinable"), f"{at}.ignore_if_unjoinable"
    )
    return FieldFilter(name, parse_filter(value, at), ignores)


def _alternatives(
    groups: Sequence[Sequence[tuple[str, object]]] | None,
) -> tuple[tuple[FieldFilter, ...], ...]:
    """Read the alternatives that controls make; they are weighed like filters."""
    groups = groups or ()
    if sum(weigh(value) for group in groups for _, value in group) > _HEAVIEST:
        raise BadRequest(f"Bad Request: query.controls: more than {_HEAVIEST} values in all; narrow them")
    return tuple(
        tuple(_filter(name, value, f"query.controls.{name}") for name, value in group) for group in groups
    )


def _sorts(value: object) -> tuple[Sort, ...]:
    if not value:
        return ()
    if not isinstance(value, list):
        raise BadRequest(f"Bad Request: query.sorts: expected an array, received {_kind(value)}")
    sorts = []
    for position, entry in enumerate(value):
        at = f"query.sorts.{position}"
        if not isinstance(entry, Mapping):
            raise BadRequest(f"Bad Request: {at}: expected an object, received {_kind(entry)}")
        name = entry.get("column_name", entry.get("field"))
        if not isinstance(name, str):
            raise BadRequest(f"Bad Request: {at}.column_name: Required")
        descending = read_bool(entry.get("sort_descending", entry.get("desc")), f"{at}.sort_descending")
        is_column = read_bool(entry.get("is_column_sort"), f"{at}.is_column_sort")
        values = _pivot_values(entry.get("pivot_value_map"), f"{at}.pivot_value_map")
        sorts.append(Sort(name, descending, _null_sort(entry.get("null_sort"), at), is_column, values))
    return tuple(sorts)


def _null_sort(value: object, at: str) -> NullSort:
    if value in (None, ""):
        return NullSort.OMNI_DEFAULT
    try:
        return NullSort(str(value).upper())
    except ValueError:
        known = " | ".join(f"'{item}'" for item in NullSort)
        raise BadRequest(
            f"Bad Request: {at}.null_sort: Invalid enum value. Expected {known}, received '{value}'"
        ) from None


def _limit(body: Mapping[str, Any]) -> int | None:
    if "limit" not in body:
        return DEFAULT_LIMIT_ROWS
    if body["limit"] is None:
        return None
    limit = _count(body["limit"], "limit")
    if limit < 1:
        raise BadRequest("Bad Request: query.limit: Too small: expected number to be >0")
    return limit


def _count(value: object, key: str) -> int:
    if value is None:
        return 0
    if isinstance(value, str) and (whole := read_whole(value.strip())) is not None:
        value = whole
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(f"Bad Request: query.{key}: Invalid input: expected number, received {_kind(value)}")
    if value < 0:
        raise BadRequest(f"Bad Request: query.{key}: Too small: expected number to be >=0")
    if value > 2**62:
        raise BadRequest(f"Bad Request: query.{key}: Too big: expected number to be <=2^62")
    return value


def _totals(value: object, key: str) -> tuple[str, ...]:
    """Read which totals are asked for; one that is `false` or null is not."""
    if not value:
        return ()
    if not isinstance(value, Mapping):
        raise BadRequest(f"Bad Request: query.{key}: expected an object, received {_kind(value)}")
    asked = []
    for name, entry in value.items():
        if entry is None or entry is False:
            continue
        said = entry.get("type") if isinstance(entry, Mapping) else entry
        if said not in (None, True) and str(said).lower() != "aggregation":
            raise InvalidQuery(
                f'Totals are aggregated anew: the type of query.{key}.{name} is "aggregation". '
                "query.custom_summary_types says where a total is taken from the rows instead."
            )
        asked.append(str(name))
    return tuple(asked)


def _pivots(value: object, compared: Compared) -> tuple[str, ...]:
    """Read `pivots`: names, or objects that hold a name; compared periods are pivoted in any case."""
    periods = (PERIOD,) if compared.fields else ()
    if not value:
        return periods
    if not isinstance(value, list):
        raise BadRequest(f"Bad Request: query.pivots: expected an array, received {_kind(value)}")
    names = []
    for position, entry in enumerate(value):
        name = entry
        if isinstance(entry, Mapping):
            name = next(
                (entry[key] for key in ("name", "field", "field_name", "column_name") if key in entry), None
            )
        if not isinstance(name, str):
            raise BadRequest(
                f"Bad Request: query.pivots.{position}: expected a field name, received {_kind(entry)}"
            )
        names.append(name)
    return tuple(dict.fromkeys((*names, *(item for item in periods if item not in map(str.lower, names)))))


def _column_limit(value: object) -> int:
    if value in (None, ""):
        return DEFAULT_COLUMN_LIMIT
    limit = _count(value, "column_limit")
    if limit < 1:
        raise BadRequest("Bad Request: query.column_limit: Too small: expected number to be >0")
    return limit


def _pivot_values(value: object, at: str) -> Mapping[str, Any]:
    if not value:
        return _EMPTY
    if not isinstance(value, Mapping) or any(isinstance(one, (Mapping, list)) for one in value.values()):
        raise BadRequest(f"Bad Request: {at}: expected an object of pivots and their values")
    return {str(name): one for name, one in value.items()}


def _fill_fields(value: object) -> tuple[str, ...]:
    if not value:
        return ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise BadRequest("Bad Request: query.fill_fields: expected an array of field names")
    return tuple(dict.fromkeys(value))


def _transposed(value: object) -> tuple[str, ...] | None:
    """Read `transposed_measures`; the value true has been seen, and gives no rows (query digest §2.1)."""
    if value is True:
        return None
    if not value:
        return ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise BadRequest("Bad Request: query.transposed_measures: expected an array of measure names")
    return tuple(dict.fromkeys(value))


def _references(body: Mapping[str, Any], depth: int) -> Mapping[str, QuerySpec]:
    """Read the queries that filters refer to: `staticQueryReferences`, or `query_references`."""
    found: dict[str, QuerySpec] = {}
    for key in ("query_references", "staticQueryReferences"):
        value = body.get(key)
        if not value:
            continue
        if not isinstance(value, Mapping):
            raise BadRequest(f"Bad Request: query.{key}: expected an object, received {_kind(value)}")
        if depth >= _DEEPEST or len(value) > _MOST_REFERENCES:
            raise BadRequest(
                f"Bad Request: query.{key}: at most {_MOST_REFERENCES} queries, {_DEEPEST} levels deep"
            )
        for name, reference in value.items():
            if not isinstance(reference, Mapping):
                at = f"query.{key}.{name}"
                raise BadRequest(f"Bad Request: {at}: expected an object, received {_kind(reference)}")
            found[str(name)] = parse_query(reference, depth + 1)
    return found


def _join_via(value: object) -> Mapping[str, tuple[str, ...]]:
    if not value:
        return _EMPTY
    if not isinstance(value, Mapping):
        raise BadRequest(f"Bad Request: query.join_via_map: expected an object, received {_kind(value)}")
    via = {}
    for view, hops in value.items():
        if not isinstance(hops, list) or not all(isinstance(hop, str) for hop in hops):
            raise BadRequest(f"Bad Request: query.join_via_map.{view}: expected an array of view names")
        via[str(view)] = tuple(hops)
    return via


def _labels(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return _EMPTY
    return {
        str(name): entry["label"]
        for name, entry in value.items()
        if isinstance(entry, Mapping) and isinstance(entry.get("label"), str)
    }


def _kind(value: object) -> str:
    names = {
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        list: "array",
        type(None): "null",
    }
    return names.get(type(value), "object")
