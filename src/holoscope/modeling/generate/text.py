"""Generated content as canonical text: what was generated is what formatting would make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holoscope.modeling.merge import scalar
from holoscope.modeling.reader.tree import Items, Mark, Node, Spot, Table
from holoscope.modeling.writer import write_tree

_NOWHERE = Spot(0, 0)


def file_text(file: str, said: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    """Return what a file says as text. Values are text, booleans, lists and mappings."""
    return write_tree(file, _node(said))


def view_text(file: str, name: str, said: Mapping[str, Any]) -> str:
    """Return the text of a view's file; its first line tells the name it is referred to by."""
    return f"# Reference this view as {name}\n{file_text(file, said)}"


def _node(value: Any) -> Node:  # noqa: ANN401  (JSON-like data)
    if isinstance(value, Mapping):
        entries: dict[str, tuple[Mark, Node]] = {key: (_NOWHERE, _node(item)) for key, item in value.items()}
        return Table(entries, _NOWHERE, _NOWHERE)
    if isinstance(value, list | tuple):
        return Items([_node(item) for item in value], _NOWHERE, _NOWHERE)
    return scalar(value)
