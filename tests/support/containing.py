"""Pairs of questions, the second often contained in the first, and both answers as the product types them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import strategies as st

from holoscope.modeling.timeframes import split_grain
from holoscope.query.compiled import CompiledQuery
from holoscope.query.reuse.containment import Derivation, Refusal, contain, is_provable
from holoscope.runs.reuse.engine import Engine, Stop
from holoscope.runs.reuse.unproven import UnprovenError
from holoscope.warehouses.duckdb.shape import hugeints, plain
from holoscope.warehouses.flatten import flat_schema, flatten
from support.inquiries import NULL_SORTS, any_filter, grained, number_filter
from support.vocabulary import Place

_COARSE = ["week", "month", "quarter", "year", "month_num", "day_of_week_name", "hour_of_day", "date"]


def asking(connection: duckdb.DuckDBPyConnection) -> Callable[[str], pa.Table]:
    """Run statements as the driver does."""

    def ask(sql: str) -> pa.Table:
        asked = connection.sql(sql)
        whole = hugeints(asked)
        reader = plain(asked).to_arrow_reader()
        schema = flat_schema(reader.schema, whole)
        return pa.Table.from_batches(list(flatten(iter(reader), schema)), schema)

    return ask


@dataclass
class Bench:
    """A warehouse that answers in the product's types, and the engine that derives."""

    ask: Callable[[str], pa.Table]
    engine: Engine

    def derive(self, wide: CompiledQuery, narrow: CompiledQuery) -> pa.Table | Refusal:
        """Answer `narrow` from the result of `wide`, or say why not."""
        theirs, ours = wide.signature, narrow.signature
        if theirs is None or ours is None:
            return Refusal("it has no signature")
        if not (is_provable(theirs) and is_provable(ours)):
            return Refusal("it changes by itself")
        rows = self.ask(wide.sql)
        is_whole = theirs.limit_rows is None or rows.num_rows < theirs.limit_rows
        found = contain(theirs, ours, is_whole=is_whole, engine=self.engine.dialect)
        if not isinstance(found, Derivation):
            return found
        try:
            return self.engine.run(found, self.engine.load(rows), Stop())
        except UnprovenError as reason:
            return Refusal(f"not proven by its columns: {reason}")


@st.composite
def pairs(draw: st.DrawFn, place: Place) -> tuple[dict[str, Any], dict[str, Any]]:
    """A wide question and one made from it by what people do: fewer, coarser, filtered, sorted, cut."""
    dims = draw(st.lists(st.sampled_from(place.dims), min_size=0, max_size=3, unique=True))
    names = {dim.name: draw(grained(dim)) for dim in dims}
    measures = draw(
        st.lists(
            st.sampled_from([mea.name for mea in place.meas]),
            min_size=0 if dims else 1,
            max_size=4,
            unique=True,
        )
    )
    filtered = draw(st.lists(st.sampled_from(place.dims), max_size=1, unique=True))
    wide: dict[str, Any] = {
        **place.body,
        "fields": draw(st.permutations([*names.values(), *measures])),
        "filters": {dim.name: draw(any_filter(dim, 1)) for dim in filtered},
        "limit": draw(st.sampled_from([None, None, None, 1000, 3])),
    }
    if not measures and draw(st.integers(0, 2)) == 0:
        wide["default_group_by"] = False
    chosen = draw(st.lists(st.sampled_from(dims), unique=True)) if dims else []
    kept = [_coarser(draw, names[dim.name]) for dim in draw(st.permutations(chosen))]
    values = draw(st.lists(st.sampled_from(measures), unique=True)) if measures else []
    if draw(st.integers(0, 4)) == 0:
        values += [draw(st.sampled_from(place.meas)).name]
    fields = list(dict.fromkeys([*kept, *values])) or list(wide["fields"])
    kept = [name for name in fields if name not in {mea.name for mea in place.meas}]
    narrow = wide | {"fields": draw(st.permutations(fields)), "limit": None}
    _filter(draw, narrow, dims, place)
    _arrange(draw, narrow, wide, kept, place)
    return wide, narrow


def _coarser(draw: st.DrawFn, name: str) -> str:
    base, grain = split_grain(name)
    if grain is None or draw(st.booleans()):
        return name
    return f"{base}[{draw(st.sampled_from(_COARSE))}]"


def _filter(draw: st.DrawFn, narrow: dict[str, Any], dims: list[Any], place: Place) -> None:
    if draw(st.integers(0, 7)) == 0:
        narrow["filters"] = {}
    pool = dims if dims and draw(st.integers(0, 5)) else place.dims
    for name in list(narrow["filters"]):  # one that may lie within, or partly within, the other's
        if draw(st.integers(0, 2)) == 0:
            dim = next(dim for dim in place.dims if dim.name == name)
            narrow["filters"] = narrow["filters"] | {name: draw(any_filter(dim, 0))}
    for dim in draw(st.lists(st.sampled_from(pool), max_size=2, unique=True)):
        added = draw(any_filter(dim, 1))
        known = narrow["filters"].get(dim.name)
        both = {"type": "composite", "conjunction": "AND", "filters": [known, added]} if known else added
        narrow["filters"] = narrow["filters"] | {dim.name: both}
    numbers = [mea.name for mea in place.meas if mea.kind == "number" and mea.name in narrow["fields"]]
    if numbers and draw(st.integers(0, 3)) == 0:
        narrow["filters"] = narrow["filters"] | {
            draw(st.sampled_from(numbers)): draw(number_filter((1, 2, 5)))
        }


def _arrange(
    draw: st.DrawFn, narrow: dict[str, Any], wide: dict[str, Any], kept: list[str], place: Place
) -> None:
    """Sort by everything that is grouped by, so that a limit always leaves the same rows."""
    exact = [mea.name for mea in place.meas if mea.exact and mea.name in narrow["fields"]]
    ordered = [name for name in narrow["fields"] if name in kept]
    first = draw(st.lists(st.sampled_from(exact), max_size=1)) if exact else []
    narrow["sorts"] = [
        {
            "column_name": name,
            "sort_descending": draw(st.booleans()),
            "null_sort": draw(st.sampled_from(NULL_SORTS)),
        }
        for name in (*first, *draw(st.permutations(ordered)))
    ]
    if "default_group_by" not in narrow and draw(st.booleans()):
        narrow["limit"] = draw(st.sampled_from([1, 2, 5, 1000]))
        narrow["offset"] = draw(st.sampled_from([0, 0, 1, 3]))
    if draw(st.integers(0, 3)) == 0:
        wide["sorts"] = narrow["sorts"]


def difference(derived: pa.Table, own: pa.Table, *, ordered: bool) -> str:
    """Say how two answers differ; floats may in their last digits, since each is one order of adding up."""
    if not derived.schema.equals(own.schema, check_metadata=True):
        return f"{derived.schema} is not {own.schema}"
    ours, theirs = (
        [tuple(map(_cell, row.values())) for row in table.to_pylist()] for table in (derived, own)
    )
    if not ordered:
        ours, theirs = sorted(ours, key=repr), sorted(theirs, key=repr)
    return "" if ours == theirs else f"{ours} is not {theirs}"


def _cell(value: object) -> object:
    return float(f"{value:.9g}") if isinstance(value, float) else value
