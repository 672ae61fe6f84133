"""Nodes of a calculation: what its three written forms are read into. Frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

MOST_NODES = 2_000
DEEPEST = 100
FAR_ROWS = 2**28
"""Offsets beyond this many rows mean the column's end."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, a truth value, or None for blank."""

    value: Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Field:
    """The cell of a column in the row at hand; `pivot` pairs pivots with the values of another cell."""

    name: str
    pivot: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """An end of a range: rows from the row at hand (down is positive), or from the first row, 1.

    `position=None` is the end of the column.
    """

    position: int | None
    absolute: bool = False


HERE = Bound(0)
END = Bound(None)


@dataclass(frozen=True, slots=True)
class Area:
    """Cells of neighbouring columns between two rows, both included."""

    columns: tuple[Node, ...]
    first: Bound
    last: Bound

    @property
    def is_whole(self) -> bool:
        """Tell whether it spans its columns from end to end."""
        return self.first == END and self.last == END

    @property
    def is_row(self) -> bool:
        """Tell whether it lies in the row at hand."""
        return self.first == HERE and self.last == HERE


@dataclass(frozen=True, slots=True)
class PivotArea:
    """Cells of one measure in several pivot columns.

    Rows count from the row at hand; columns count from the column at hand where `relative`, else from 1.
    None is the first, or the last, column.
    """

    column: Node
    rows: tuple[int, int]
    columns: tuple[int | None, int | None]
    relative: bool


@dataclass(frozen=True, slots=True)
class Apply:
    """A function or operator, by our own name of it, over operands."""

    function: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A total of a measure: `column_total`, `row_total` or `grand_total`."""

    field: str
    kind: str


@dataclass(frozen=True, slots=True)
class TypeWord:
    """The type of a CAST, in lower case."""

    word: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Columns of a referenced query: positions from 0, or names."""

    query: str
    columns: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """An aggregate over a window that the calculation spells out. `order` pairs values with descending."""

    function: str
    operands: tuple[Node, ...]
    partition: tuple[Node, ...]
    order: tuple[tuple[Node, bool], ...]
    by_rows: bool
    first: Bound
    last: Bound


Node = Constant | Field | Area | PivotArea | Apply | Total | TypeWord | Elsewhere | Window


def parts_of(node: Node) -> Iterator[Node]:
    """Yield the nodes directly inside."""
    match node:
        case Apply():
            yield from node.operands
        case Area():
            yield from node.columns
        case PivotArea():
            yield node.column
        case Window():
            yield from node.operands
            yield from node.partition
            yield from (value for value, _ in node.order)
        case _:
            return


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and every node inside it."""
    waiting = [node]
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(parts_of(item))


def fields_in(node: Node) -> dict[str, None]:
    """Name the fields that a node reads, in no particular order, each once."""
    found: dict[str, None] = {}
    for item in walk(node):
        if isinstance(item, Field):
            found[item.name] = None
        elif isinstance(item, Total):
            found[item.field] = None
    return found


def whole(*columns: Node) -> Area:
    """Give whole columns."""
    return Area(columns, END, END)


def bound(offset: int) -> Bound:
    """Make a relative bound; what is further than any row is the column's end."""
    return END if abs(offset) >= FAR_ROWS else Bound(offset)
