"""Constants of a model: `@{name}` in any string becomes the constant's text, before anything else.

What the text brings with it, `${...}` or `{{...}}`, is resolved afterwards (modeling digest §4, §14.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.tree import BROKEN, Items, Mark, Node, Scalar, Table

_USE = re.compile(r"@\{\s*([A-Za-z_][\w-]*)\s*\}|@\{")
_TEXTS = frozenset(
    {"label", "description", "ai_context", "group_label", "view_label", "schema_label", "base_view_label"}
)
_BY_NAME = frozenset({"dimensions", "measures", "filters", "views", "sample_queries"})

_INSIDE_A_TOPIC = len(("views", "<name>"))

Constants = Mapping[str, str]
NONE: Constants = MappingProxyType({})


def constants_of(model: Node | None) -> Constants:
    """Read the constants of a model file; one that is malformed is not there (the reader says so)."""
    entry = model.entries.get("constants") if isinstance(model, Table) else None
    found: dict[str, str] = {}
    if entry is not None and isinstance(entry[1], Table):
        for name, (_, node) in entry[1].entries.items():
            value = node.entries.get("value") if isinstance(node, Table) else None
            if value is not None and isinstance(value[1], Scalar) and value[1].value is not None:
                found[name] = value[1].text
    return MappingProxyType({name: text for name, text in found.items() if "@{" not in text})


def used_constants(texts: Iterable[str]) -> tuple[str, ...]:
    """Name the constants that texts of files use, sorted."""
    return tuple(sorted({use for text in texts if "@{" in text for use in _USE.findall(text) if use}))


def fill_in(node: Node, values: Constants, report: Report) -> Node:
    """Return a file's tree with every constant filled in.

    A constant that is unknown or malformed is reported and breaks the field, or whatever smallest
    named thing, that holds it; in text for readers alone it stays as it is written.
    """
    return _Filling(values, report).table(node, (), keep=frozenset({"constants"}))


class _Filling:
    def __init__(self, values: Constants, report: Report) -> None:
        self.values = values
        self.report = report
        self.deep = report.file == "model"  # each of its maps is a thing of its own

    def table(self, node: Node, path: Path, *, keep: frozenset[str] = frozenset()) -> Node:
        if not isinstance(node, Table):
            return self.any(node, path)[0]
        entries: dict[str, tuple[Mark, Node]] = {}
        spoilt = False
        holds_things = not path or (len(path) == _INSIDE_A_TOPIC and path[0] == "views")
        for key, (mark, value) in node.entries.items():
            here = (*path, key)
            if key in keep:
                entries[key] = (mark, value)
            elif holds_things and key in _BY_NAME and isinstance(value, Table):
                entries[key] = (mark, self._named(value, here))
            else:
                filled, bad = self.any(value, here)
                spoilt = spoilt or (bad and key not in _TEXTS)
                entries[key] = (mark, filled)
        return _spoil(Table(entries, node.mark, node.end)) if spoilt else Table(entries, node.mark, node.end)

    def any(self, node: Node, path: Path) -> tuple[Node, bool]:
        """Fill in one value; also tell whether something in it could not be."""
        if isinstance(node, Scalar):
            return self._scalar(node, path)
        if isinstance(node, Items):
            filled = [self.any(value, (*path, number)) for number, value in enumerate(node.values)]
            return Items([value for value, _ in filled], node.mark, node.end), any(bad for _, bad in filled)
        found = {key: (mark, self.any(value, (*path, key))) for key, (mark, value) in node.entries.items()}
        table = Table({key: (mark, value) for key, (mark, (value, _)) in found.items()}, node.mark, node.end)
        bad = any(spoilt for _, (_, spoilt) in found.values())
        return (_spoil(table) if bad and self.deep else table), bad

    def _named(self, node: Table, path: Path) -> Node:
        is_view = path[-1] == "views"
        keep = frozenset() if is_view or path[-1] == "sample_queries" else frozenset({"ai_context"})
        entries = {
            name: (mark, self.table(value, (*path, name), keep=keep))
            for name, (mark, value) in node.entries.items()
        }
        return Table(entries, node.mark, node.end)

    def _scalar(self, node: Scalar, path: Path) -> tuple[Node, bool]:
        if not isinstance(node.value, str) or "@{" not in node.text:
            return node, False
        bad: list[str] = []

        def replace(found: re.Match[str]) -> str:
            value = self.values.get(found[1]) if found[1] else None
            if value is None:
                bad.append(found[1] or "")
                return found[0]
            return value

        text = _USE.sub(replace, node.text)
        for name in bad:
            self._report(name, node, path)
        return Scalar(text, text, node.mark, node.end), bool(bad)

    def _report(self, name: str, node: Scalar, path: Path) -> None:
        if not name:
            message = f'"{node.text[:40]}" holds a constant that is not written like @{{name}}.'
            self.report.error(Code.BAD_CONSTANT, message, node.mark, path)
            return
        hint = near(name, self.values, limit=1)
        fix = f"Did you mean @{{{hint[0]}}}?" if hint else None
        self.report.error(Code.UNKNOWN_CONSTANT, f'No such constant "{name}".', node.mark, path, fix=fix)


def _spoil(table: Table) -> Table:
    mark = table.mark
    return Table({**table.entries, BROKEN: (mark, Scalar(True, "true", mark, mark))}, mark, table.end)
