"""What compiling a query of a statement gives, and what names mean inside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from holoscope.query.omnisql.block import OutColumn

Columns = tuple[OutColumn, ...] | None
"""The columns of a query, None where only the warehouse knows them."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled query and its columns; `view` is one that it reads, "" for none."""

    tree: exp.Query
    columns: Columns
    view: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a name means inside a query: CTEs by lower-cased name; `around` are views of queries around it."""

    ctes: Mapping[str, tuple[str, Columns]] = field(default_factory=dict)
    around: frozenset[str] = frozenset()
