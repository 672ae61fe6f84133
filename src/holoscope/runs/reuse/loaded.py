"""Rows of a kept result in the engine, arranged so that adding them up takes a few milliseconds.

Two forms of the same rows. `kept` has every column as it is. `coded` has the groups as small numbers, whose
values stand in a table each, beside the measures that add up: grouping by numbers is several times faster
than by texts and times, and what is read of a group is worked out for each value and not for each row.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from holoscope.query.reuse.containment import Derivation, How
from holoscope.query.reuse.match import KEPT
from holoscope.runs.reuse.unproven import UnprovenError
from holoscope.sql.quoting import output

_SMALL_DIGITS = 18
"""Decimals of so many digits are added up several times faster than wider ones."""
_MOST_VALUES = 32_000
_SAMPLE = 2_000
_PAYS_FROM = 2_000
_PAYS_BY = 4
"""A grouping by stored groups first is worth it when it leaves at most every n-th row."""
_CODED = "coded"


@dataclass(slots=True)
class Loaded:
    """Rows behind a cursor of their own, which serves one statement at a time.

    `values` tells for each column that is numbered how many values it has.
    """

    cursor: duckdb.DuckDBPyConnection
    rows: pa.Table
    schema: pa.Schema
    num_rows: int
    size_bytes: int
    values: dict[str, int]
    lock: threading.Lock

    def prepared(self, select: exp.Select, derivation: Derivation) -> exp.Select:
        """Let a statement over the rows read groups that were added up by number first, where that pays."""
        read = sorted({node.name for node in select.find_all(exp.Column) if node.table == KEPT})
        groups = [name for name in read if name not in derivation.exact]
        if derivation.how is not How.REGROUPED or not self._pays(groups):
            return select
        measures = [name for name in read if name in derivation.exact]
        return select.with_(KEPT, as_=self._added(groups, measures), copy=False)

    def has_plain_years(self, name: str) -> bool:
        """Tell whether all years of a column have four digits."""
        column = self.rows[name]
        values = column.chunk(0).dictionary if pa.types.is_dictionary(column.type) else column
        years = pc.min_max(pc.year(values)).as_py()
        return years["min"] is None or (years["min"] >= 1000 and years["max"] <= 9999)

    def _pays(self, groups: list[str]) -> bool:
        combinations = 1
        for name in groups:
            if name not in self.values:
                return False
            combinations *= self.values[name]
        return self.num_rows >= _PAYS_FROM and combinations * _PAYS_BY <= self.num_rows

    def _added(self, groups: list[str], measures: list[str]) -> exp.Select:
        """Add measures up within stored groups, then put the values of the groups in place of numbers."""
        numbers = [self._column(name) for name in groups]
        inner = exp.select(
            *numbers,
            *(exp.alias_(exp.Sum(this=self._column(name)), self._number(name)) for name in measures),
        ).from_(_CODED, copy=False)
        if not measures and not groups:
            inner = inner.select(exp.alias_(exp.Count(this=exp.Star()), "rows"), copy=False)
        if numbers:
            inner = inner.group_by(*(number.copy() for number in numbers), copy=False)
        outer = exp.select().from_(inner.subquery("added", copy=False), copy=False)
        for name in groups:
            table = f"values_{self._number(name)}"
            meets = exp.EQ(this=self._column(name, "added"), expression=exp.column("code", table))
            outer = outer.join(exp.to_table(table), on=meets, join_type="INNER", copy=False)
            outer = outer.select(output(exp.column("value", table), name), copy=False)
        for name in measures:
            outer = outer.select(output(self._column(name, "added"), name), copy=False)
        if not outer.expressions:
            outer = outer.select(exp.column("rows", "added"), copy=False)
        return outer

    def _number(self, name: str) -> str:
        return f"c{self.schema.get_field_index(name)}"

    def _column(self, name: str, table: str = _CODED) -> exp.Column:
        return exp.column(self._number(name), table)


def load(cursor: duckdb.DuckDBPyConnection, table: pa.Table) -> Loaded:
    """Make rows readable in both forms.

    Raises:
        UnprovenError: they do not fit into the engine's memory.
    """
    columns = [_handy(column) for column in table.columns]
    handy = pa.Table.from_arrays(columns, table.column_names)
    cursor.register(KEPT, handy)
    values: dict[str, int] = {}
    coded: dict[str, pa.Array] = {}
    for number, (name, column) in enumerate(zip(table.column_names, columns, strict=True)):
        if pa.types.is_dictionary(column.type):
            values[name] = len(column.chunk(0).dictionary) + 1
            coded[f"c{number}"] = _codes(cursor, f"values_c{number}", column.chunk(0))
        elif pa.types.is_integer(column.type) or pa.types.is_decimal(column.type):
            coded[f"c{number}"] = column
    try:
        if coded:
            cursor.register("arrow_coded", pa.table(coded))
            cursor.execute(f"CREATE TEMP TABLE {_CODED} AS SELECT * FROM arrow_coded")  # noqa: S608
            cursor.unregister("arrow_coded")
    except duckdb.Error as error:
        raise UnprovenError(type(error).__name__) from error
    size = handy.nbytes + sum(_bytes(columns) for columns in coded.values())
    return Loaded(cursor, handy, table.schema, table.num_rows, size, values, threading.Lock())


def _codes(cursor: duckdb.DuckDBPyConnection, name: str, column: pa.DictionaryArray) -> pa.Array:
    """Keep the values of a column in a table and give its rows as numbers; NULL has the number after them."""
    count = len(column.dictionary)
    every = pa.concat_arrays([column.dictionary, pa.nulls(1, column.dictionary.type)])
    cursor.register(
        "arrow_values", pa.table({"code": pa.array(range(count + 1), pa.int16()), "value": every})
    )
    cursor.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM arrow_values")  # noqa: S608  (our name)
    cursor.unregister("arrow_values")
    return pc.fill_null(column.indices.cast(pa.int16()), pa.scalar(count, pa.int16()))


def _handy(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give the same values in a type that is grouped or added up faster: numbered, or of fewer digits."""
    type_ = column.type
    if pa.types.is_decimal(type_) and type_.precision > _SMALL_DIGITS > type_.scale:
        try:
            return column.cast(pa.decimal128(_SMALL_DIGITS, type_.scale))
        except pa.ArrowInvalid:
            return column
    if len(column) < _PAYS_FROM or not (pa.types.is_string(type_) or pa.types.is_temporal(type_)):
        return column
    if len(column) > _SAMPLE and pc.count_distinct(column.slice(0, _SAMPLE)).as_py() > _SAMPLE // 2:
        return column
    encoded = column.combine_chunks().dictionary_encode()
    return column if len(encoded.dictionary) >= _MOST_VALUES else pa.chunked_array([encoded])


def _bytes(column: pa.Array | pa.ChunkedArray) -> int:
    return int(column.nbytes)
