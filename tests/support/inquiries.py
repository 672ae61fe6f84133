"""Random queries: hypothesis strategies over a `Place`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from support.naive.grains import CLOCK, LEGAL
from support.vocabulary import Dim, Place

NULL_SORTS = ["OMNI_DEFAULT", "FIRST", "LAST", "DIALECT_DEFAULT"]
_UNITS = ["hour", "day", "week", "month", "quarter", "year"]
_GRAINS = sorted(LEGAL - {"time_of_day", "epoch"})
_PARTS = {
    "IS_ON_DAY_OF_WEEK": ["Monday", "sunday", "3"],
    "IS_ON_DAY_OF_MONTH": ["1", "15", "31"],
    "IS_IN_MONTH_OF_YEAR": ["2", "June", "december"],
    "IS_IN_QUARTER_OF_YEAR": ["1", "4"],
    "IS_AT_HOUR_OF_DAY": ["0", "12", "20"],
}


@st.composite
def literal(draw: st.DrawFn) -> str:
    """A date literal of any shape but a duration."""
    return draw(
        st.one_of(
            st.sampled_from(
                ["today", "yesterday", "2025", "2025-06", "2024-02-29", "2025 Q3", "2026-Q1", "2025-06-30 12"]
            ),
            st.builds("{} {}".format, st.sampled_from(["this", "last", "next"]), st.sampled_from(_UNITS)),
            st.builds(
                "{} {}{}s ago".format,
                st.integers(1, 30),
                st.sampled_from(["", "complete "]),
                st.sampled_from(_UNITS),
            ),
        )
    )


@st.composite
def date_filter(draw: st.DrawFn, *, clock: bool) -> dict[str, Any]:
    kind = draw(
        st.sampled_from(
            [
                "BETWEEN",
                "ON_OR_AFTER",
                "BEFORE",
                "TIME_FOR_INTERVAL_DURATION",
                "TIME_FOR_UNIT_DURATION",
                "PART",
            ]
        )
    )
    found: dict[str, Any] = {"type": "date", "kind": kind, "is_negative": draw(st.booleans())}
    if kind == "PART":
        parts = [name for name in sorted(_PARTS) if clock or name != "IS_AT_HOUR_OF_DAY"]
        found["kind"] = draw(st.sampled_from(parts))
        found["values"] = draw(
            st.lists(st.sampled_from(_PARTS[found["kind"]]), min_size=1, max_size=2, unique=True)
        )
        return found
    if kind != "BEFORE":
        found["left_side"] = draw(literal())
    if kind in ("BETWEEN", "BEFORE"):
        found["right_side"] = draw(literal())
    if kind == "TIME_FOR_INTERVAL_DURATION":
        found["right_side"] = f"{draw(st.integers(1, 24))} {draw(st.sampled_from(_UNITS))}s"
    return found


@st.composite
def string_filter(draw: st.DrawFn, values: tuple[str, ...]) -> dict[str, Any]:
    kind = draw(
        st.sampled_from(["EQUALS", "EQUALS", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "SQL_LIKE", "IS_EMPTY"])
    )
    pool = st.sampled_from([*values, "", "zzz", "%", "_", "'", "\\"])
    if kind in ("CONTAINS", "STARTS_WITH", "ENDS_WITH"):
        pool = st.builds(lambda text, a, b: text[a:b] or "e", pool, st.integers(-3, 2), st.integers(3, 5))
    if kind == "SQL_LIKE":
        pool = st.sampled_from(["%", "_%", "%a%", "S%", "%e", "%o_", "nothing"])
    found = {
        "type": "string",
        "kind": kind,
        "values": [] if kind == "IS_EMPTY" else draw(st.lists(pool, min_size=1, max_size=3)),
        "is_negative": draw(st.booleans()),
    }
    if kind != "SQL_LIKE" and all(value.isascii() for value in found["values"]):
        found["case_insensitive"] = draw(st.sampled_from([False, False, True]))
    return found


@st.composite
def number_filter(draw: st.DrawFn, values: tuple[Any, ...]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["EQUALS", "LESS_THAN", "GREATER_THAN", "BETWEEN"]))
    pool = st.sampled_from([*map(str, values), "0", "-1", "30", "1000000"])
    sizes = {"EQUALS": (1, 3), "BETWEEN": (2, 2)}.get(kind, (1, 1))
    return {
        "type": "number",
        "kind": kind,
        "values": draw(st.lists(pool, min_size=sizes[0], max_size=sizes[1])),
        "is_inclusive": draw(st.booleans()) if kind in ("LESS_THAN", "GREATER_THAN") else False,
        "is_negative": draw(st.booleans()),
    }


def plain_filter(dim: Dim) -> st.SearchStrategy[dict[str, Any]]:
    """A filter of the field's own kind, or a test for NULL."""
    null = st.builds(lambda negative: {"type": "null", "is_negative": negative}, st.booleans())
    if dim.kind == "string":
        return string_filter(dim.values) | null
    if dim.kind == "number":
        return number_filter(dim.values) | null
    if dim.kind == "boolean":
        flags = st.fixed_dictionaries(
            {"type": st.just("boolean"), "is_negative": st.booleans()},
            optional={"treat_nulls_as_false": st.booleans()},
        )
        return flags | null
    return date_filter(clock=dim.kind == "time") | null


def any_filter(dim: Dim, depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Plain, or a group of filters, perhaps negated, perhaps of groups."""
    if depth == 0:
        return plain_filter(dim)
    group = st.fixed_dictionaries(
        {
            "type": st.just("composite"),
            "conjunction": st.sampled_from(["AND", "OR"]),
            "filters": st.lists(any_filter(dim, depth - 1), min_size=1, max_size=3),
            "is_negative": st.booleans(),
        }
    )
    return st.one_of(plain_filter(dim), plain_filter(dim), group)


def grained(dim: Dim) -> st.SearchStrategy[str]:
    if dim.kind not in ("time", "date"):
        return st.just(dim.name)
    legal = [grain for grain in _GRAINS if dim.kind == "time" or grain not in CLOCK]
    return st.builds(lambda grain: f"{dim.name}[{grain}]", st.sampled_from(legal)) | st.just(dim.name)


@st.composite
def filters(draw: st.DrawFn, place: Place) -> dict[str, Any]:
    dims = draw(st.lists(st.sampled_from(place.dims), max_size=3, unique=True))
    return {dim.name: draw(any_filter(dim)) for dim in dims}


@st.composite
def queries(draw: st.DrawFn, place: Place) -> dict[str, Any]:
    """A whole body. Sorts end with every dimension, so that only equal rows may change places."""
    dims = draw(
        st.lists(st.sampled_from(place.dims), max_size=3, unique=True).flatmap(
            lambda some: st.tuples(*map(grained, some))
        )
    )
    meas = draw(st.lists(st.sampled_from(place.meas), min_size=0 if dims else 1, max_size=3, unique=True))
    names = [*dims, *(mea.name for mea in meas)]
    body: dict[str, Any] = {
        **place.body,
        "fields": draw(st.permutations(names)),
        "filters": draw(filters(place)),
    }
    if not meas and draw(st.booleans()):
        body["default_group_by"] = False
    chosen = [name for name in body["fields"] if name in dims]
    totals = _totals(draw, chosen, [mea.name for mea in meas])
    if totals:
        body["column_totals"] = totals
    if place.meas:
        numeric = [mea for mea in place.meas if mea.kind == "number"]
        for mea in draw(st.lists(st.sampled_from(numeric), max_size=1)) if numeric else ():
            group = draw(number_filter((1, 10, 100)) | st.just({"type": "null", "is_negative": False}))
            body["filters"][mea.name] = group
    subtotals = any(key in dims for key in totals)
    ordered = chosen if subtotals else draw(st.permutations([*dims, *(m.name for m in meas if m.exact)]))
    body["sorts"] = [_sort(draw, name, plain=subtotals) for name in dict.fromkeys([*ordered, *dims])]
    if "default_group_by" in body or subtotals:
        body["limit"] = None
    elif draw(st.booleans()):
        body["limit"] = draw(st.sampled_from([None, 1, 2, 7, 1000]))
        if not totals:
            body["offset"] = draw(st.sampled_from([0, 0, 1, 5]))
    return body


def _sort(draw: st.DrawFn, name: str, *, plain: bool) -> dict[str, Any]:
    if plain:
        return {"column_name": name}
    return {
        "column_name": name,
        "sort_descending": draw(st.booleans()),
        "null_sort": draw(st.sampled_from(NULL_SORTS)),
    }


def _totals(draw: st.DrawFn, dims: list[str], meas: list[str]) -> dict[str, Any]:
    if not dims or not meas or not draw(st.sampled_from([True, False, False])):
        return {}
    keys = draw(st.lists(st.sampled_from(["::total::", *dims[:-1]]), min_size=1, max_size=3, unique=True))
    return {key: {"type": "aggregation"} for key in keys}
