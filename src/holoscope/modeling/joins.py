"""Typed joins: declared relationships and the trees that topics make of them (modeling digest §11, §15)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holoscope.modeling.diagnostics import Position


class JoinType(StrEnum):
    ALWAYS_LEFT = "always_left"
    INNER = "inner"
    FULL_OUTER = "full_outer"
    CROSS = "cross"
    LEFT_RIGHT = "left_right"
    RIGHT_LEFT = "right_left"
    ALWAYS_RIGHT = "always_right"


class Cardinality(StrEnum):
    """`relationship_type`, read from `join_from_view` to `join_to_view`; `assumed_` is dropped on reading."""

    ONE_TO_ONE = "one_to_one"
    MANY_TO_ONE = "many_to_one"
    ONE_TO_MANY = "one_to_many"
    MANY_TO_MANY = "many_to_many"


@dataclass(frozen=True, slots=True)
class Relationship:
    """A declared join. `left`/`right` are the names used in the query (alias or view)."""

    left: str
    right: str
    on_sql: str | None
    position: Position
    cardinality: Cardinality
    assumed: bool = False
    join_type: JoinType = JoinType.ALWAYS_LEFT
    reversible: bool = False
    where_sql: str | None = None
    right_label: str | None = None
    left_label: str | None = None
    left_view: str = ""
    right_view: str = ""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class JoinNode:
    """One step of a topic's join tree; `children` are joined to this view."""

    view: str
    children: tuple[JoinNode, ...] = ()
