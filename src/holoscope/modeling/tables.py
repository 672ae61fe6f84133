"""What a database holds, as its own catalogue says it: the input of generation.

Names are spelled as the database spells them. Built by `warehouses/<name>/catalog.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from holoscope.modeling.types import ColumnType


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `parts` are the members of a structure, in order; empty for anything else."""

    name: str
    type: ColumnType
    comment: str | None = None
    parts: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that name a row of another table, pairwise; `schema` None means the table's own."""

    columns: tuple[str, ...]
    table: str
    table_columns: tuple[str, ...]
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class PhysicalTable:
    """A table or view with its columns in database order and its declared constraints."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    comment: str | None = None
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a table."""

    schema: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything of a connection that a model may stand on, by schema and name; no system schemas.

    `catalog` is the database the tables lie in; names of views hold it when they are always scoped.
    `keeps_case` says that names differ in letter case alone: a column `Id` is not found as `id`.
    `repeated` are columns that look like keys and are none: their values repeat, or some are missing.
    """

    tables: tuple[PhysicalTable, ...]
    default_schema: str = "main"
    catalog: str = ""
    repeated: frozenset[Place] = frozenset()
    keeps_case: bool = False
