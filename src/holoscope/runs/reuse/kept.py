"""Rows of kept results, decoded and held ready for the engine, within a bound of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict

import pyarrow as pa
import pyarrow.compute as pc

from holoscope.runs.arrow import decode
from holoscope.runs.cache import Entry
from holoscope.runs.reuse.engine import Engine, Loaded

_SMALL_DIGITS = 18
"""Decimals of so many digits are added up several times faster than wider ones."""


class Kept:
    """The results that were derived from last. Safe in several threads."""

    def __init__(self, engine: Engine, limit_bytes: int) -> None:
        self._engine = engine
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()
        self.size_bytes = 0

    def take(self, entry: Entry) -> Loaded:
        """Give the rows of a result, ready to be read."""
        with self._lock:
            found = self._loaded.get(entry.plan_key)
            if found is not None:
                self._loaded.move_to_end(entry.plan_key)
                return found
        table = decode(entry.data)
        loaded = self._engine.load(handy(table), table.schema)
        with self._lock:
            return self._keep(entry.plan_key, loaded)

    def _keep(self, name: str, loaded: Loaded) -> Loaded:
        known = self._loaded.get(name)
        if known is not None or loaded.size_bytes > self._limit_bytes:
            return known or loaded
        self._loaded[name] = loaded
        self.size_bytes += loaded.size_bytes
        while self.size_bytes > self._limit_bytes:
            _, dropped = self._loaded.popitem(last=False)
            self.size_bytes -= dropped.size_bytes
        return loaded

    def __len__(self) -> int:
        return len(self._loaded)


def handy(table: pa.Table) -> pa.Table:
    """Give the same values in types that are grouped and added up faster.

    Texts that repeat become dictionaries; decimals become narrower ones where all values fit.
    """
    return pa.Table.from_arrays([_handy(column) for column in table.columns], table.column_names)


def _handy(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(column.type) and len(column) >= 1024:
        sample = column.slice(0, 1024)
        if pc.count_distinct(sample).as_py() <= 512:
            return column.combine_chunks().dictionary_encode() if column.num_chunks else column
    if pa.types.is_decimal(column.type) and column.type.precision > _SMALL_DIGITS > column.type.scale:
        try:
            return column.cast(pa.decimal128(_SMALL_DIGITS, column.type.scale))
        except pa.ArrowInvalid:
            return column
    return column
