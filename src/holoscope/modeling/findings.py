"""A finding names its place by path; here it meets the text and becomes a diagnostic.

Rules look at values, not at YAML. Positions are looked up only for the few findings there are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import AutoFix, Diagnostic, Position, Severity
from holoscope.modeling.fixes import replacing, suggested
from holoscope.modeling.reader.conditions import qualify
from holoscope.modeling.reader.report import Path, yaml_path
from holoscope.modeling.reader.tree import Items, Mark, Node, Origin, Scalar, Table, position_of


class Kind(Enum):
    """What a finding leaves out of the model."""

    FIELD = "field"
    VIEW = "view"
    TOPIC = "topic"
    RELATIONSHIP = "relationship"
    ROLLUP = "rollup"
    COMPOSITE = "composite"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`name` is `view.field`, a view (for a rollup too), a topic, or `<file>:<path>` of a relationship."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in `file` at `path`.

    `at_value` points to the value instead of the key; `needle` (with `offset`, counted in the
    value's text) points to a piece of the value.
    """

    code: Code
    message: str
    file: str
    path: Path
    severity: Severity = Severity.ERROR
    fix: str | None = None
    leaves_out: tuple[LeftOut, ...] = ()
    at_value: bool = False
    needle: str = ""
    offset: int = 0
    auto_fix: AutoFix | None = None


class Places:
    """Turns findings into diagnostics; reads a file again at most once, and only when needed.

    `origin_of` gives the text of a file's marks that do not know their own.
    """

    def __init__(self, tree_of: Callable[[str], Node | None], origin_of: Callable[[str], Origin]) -> None:
        self._tree_of = tree_of
        self._origin_of = origin_of
        self._trees: dict[str, Node | None] = {}
        self._lines: dict[str, tuple[str, list[int]]] = {}
        self._indexes: dict[int, dict[str, tuple[Mark, Node]]] = {}

    def diagnose(self, finding: Finding) -> Diagnostic:
        """Return the finding with its position."""
        path = yaml_path(finding.file, finding.path)
        position = self._position(finding)
        auto_fix = finding.auto_fix
        name = suggested(finding.fix)
        if auto_fix is None and name is not None and finding.at_value and finding.path:
            auto_fix = replacing(position.file, finding.path, name)
        return Diagnostic(
            finding.code, finding.severity, finding.message, position, path, finding.fix, auto_fix
        )

    def _position(self, finding: Finding) -> Position:
        if finding.file not in self._trees:
            self._trees[finding.file] = self._tree_of(finding.file)
        node = self._trees[finding.file]
        if node is None:
            return Position(finding.file, layer=self._origin_of(finding.file).layer)
        mark: Mark | None = node.mark if not finding.path else None
        for part in finding.path:
            step = self._step(node, part)
            if step is None:
                break
            mark, node = step
        if finding.needle and isinstance(node, Scalar):
            return self._inside(finding, node)
        if finding.at_value or mark is None:
            mark = node.mark
        return position_of(finding.file, mark, self._origin_of(finding.file).layer)

    def _inside(self, finding: Finding, node: Scalar) -> Position:
        origin = getattr(node.mark, "origin", None) or self._origin_of(finding.file)
        text, starts = self._text(origin)
        at = node.mark.index - 1
        for _ in range(node.text[: finding.offset].count(finding.needle) + 1):
            at = text.find(finding.needle, at + 1, node.end.index)
            if at < 0:
                return Position(origin.file, node.mark.line + 1, node.mark.column + 1, origin.layer)
        line = bisect_right(starts, at)
        return Position(origin.file, line, at - starts[line - 1] + 1, origin.layer)

    def _text(self, origin: Origin) -> tuple[str, list[int]]:
        known = self._lines.get(origin.text)
        if known is None:
            text = origin.text.removeprefix("\ufeff")
            starts = [0, *(found.end() for found in re.finditer("\n", text))]
            known = self._lines[origin.text] = (text, starts)
        return known

    def _step(self, node: Node, part: str | int) -> tuple[Mark, Node] | None:
        if isinstance(node, Items):
            if isinstance(part, int) and part < len(node.values):
                return node.values[part].mark, node.values[part]
            return None
        if not isinstance(node, Table) or not isinstance(part, str):
            return None
        if part in node.entries:
            return node.entries[part]
        # A filter's key may have been bare, or `created_at[Month]`, before it was qualified.
        index = self._indexes.get(id(node))
        if index is None:
            index = {qualify(key, None): entry for key, entry in node.entries.items()}
            self._indexes[id(node)] = index
        return index.get(part) or index.get(part.partition(".")[2])
