"""What names and SQL of a model resolve to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.timeframes import Grain
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.value import Value


@dataclass(frozen=True, slots=True)
class ResolvedDimension:
    """A dimension at a grain. `formatted` asks for the pair of columns; `sort` orders it when it differs."""

    name: str
    field: Dimension
    grain: Grain | None
    value: Value
    sort: Value | None = None
    formatted: str | None = None


@dataclass(frozen=True, slots=True)
class ResolvedMeasure:
    """A measure: `tree` over columns `a<n>`, n being positions in the query's calls."""

    name: str
    field: Measure
    tree: exp.Expr
    type: ColumnType

    @property
    def is_time(self) -> bool:
        """The least or greatest of a timestamp, which comes as a pair of columns (query digest §4.2)."""
        return self.type.data_type is DataType.TIMESTAMP and not self.type.date_only


Column = ResolvedDimension | ResolvedMeasure
