"""A tree to read, and what the files that expand it have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holoscope.modeling import merge
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.reader.tree import BROKEN, Node, Origin, Scalar, Table, marked


@dataclass(frozen=True, slots=True)
class Reading:
    """A tree to read, with what was found on the way to it. `usable` is False when it must not be."""

    node: Node | None
    found: tuple[Diagnostic, ...] = ()
    usable: bool = True


def placed_in(node: Node, origin: Origin) -> Table:
    """Return a map whose places point into the text that it comes from."""
    placed = marked(node, origin)
    return placed if isinstance(placed, Table) else Table({}, placed.mark, placed.end)


def broken(table: Table) -> Table:
    """Mark a map as one that must not be used."""
    return Table({**table.entries, BROKEN: (table.mark, merge.scalar(True))}, table.mark, table.end)


def is_ignored(node: Node) -> bool:
    """Tell whether a thing is taken away."""
    entry = node.entries.get("ignored") if isinstance(node, Table) else None
    return entry is not None and isinstance(entry[1], Scalar) and entry[1].value is True


def circle_text(kind: str, names: Sequence[str]) -> str:
    """Say that things extend each other."""
    if len(names) == 1:
        return f'The {kind} "{names[0]}" extends itself.'
    return f"{kind.capitalize()}s extend each other in a circle: {', '.join(names)}."
