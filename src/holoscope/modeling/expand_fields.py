"""What single fields extend: `extends: [view.field]` (modeling digest §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.inherit import SECTIONS, field_passes_on, inherit_field, is_template, words
from holoscope.modeling.layers import FileKind, LogicalFile
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.tree import Mark, Node, Scalar, Table
from holoscope.modeling.reading import Reading, broken, circle_text, is_ignored, placed_in

if TYPE_CHECKING:
    from holoscope.modeling.expand import Expander

_DEEPEST = 200


class FieldExpansion:
    """Expands the fields of one model's views, each once. Views have been expanded before."""

    def __init__(self, things: Expander) -> None:
        self._things = things
        self._known: dict[tuple[str, str, str, str], Reading] = {}
        self._circles: dict[str, tuple[str, ...]] = {}

    def expand(self, file: LogicalFile, view: Table, found: tuple[Diagnostic, ...]) -> Reading:
        """Expand what single fields extend."""
        entries = dict(view.entries)
        for section in SECTIONS:
            mark, fields = entries.get(section, (view.mark, view))
            if section not in entries or not isinstance(fields, Table):
                continue
            if any(
                isinstance(body, Table) and "extends" in body.entries for _, body in fields.entries.values()
            ):
                expanded: dict[str, tuple[Mark, Node]] = {}
                for name, (at, body) in fields.entries.items():
                    reading = self._one(file, section, name, body, ())
                    expanded[name] = (at, reading.node or body)
                    found = (*found, *reading.found)
                entries[section] = (mark, Table(expanded, fields.mark, fields.end))
        return Reading(Table(entries, view.mark, view.end), found)

    def _one(self, file: LogicalFile, section: str, name: str, body: Node, chain: tuple[str, ...]) -> Reading:
        if not isinstance(body, Table) or "extends" not in body.entries:
            return Reading(body)
        known = self._known.get((file.key, file.name, section, name))
        if known is not None:
            return known
        here = f"{file.name}.{name}"
        if here in chain:
            members = chain[chain.index(here) :]
            self._circles |= dict.fromkeys(members, _turned(members))
            return Reading(broken(body), usable=False)
        mark, named = body.entries["extends"]
        report = self._things.report(file)
        if len(chain) > _DEEPEST:
            message = f"Extends more than {_DEEPEST} fields, one through the other."
            report.error(Code.TOO_LARGE, message, mark, (section, name, "extends"))
            return Reading(broken(body), tuple(report.found), usable=False)
        parents = [
            self._parent(file, section, word, at, report, (section, name, "extends", number), chain)
            for number, (word, at) in enumerate(words(named))
        ]
        circle = self._circles.get(here)
        if circle is not None:
            report.found.clear()
            if circle[0] == here:
                report.error(
                    Code.EXTENDS_CYCLE, circle_text("field", circle), mark, (section, name, "extends")
                )
        if circle is not None or report.found:
            known = Reading(broken(body), tuple(report.found), usable=False)
        else:
            kept = [parent for parent in parents if parent is not None]
            known = Reading(inherit_field(kept, body) if kept else body)
        self._known[file.key, file.name, section, name] = known
        return known

    def _parent(
        self,
        file: LogicalFile,
        section: str,
        word: str,
        at: Scalar,
        report: Report,
        path: Path,
        chain: tuple[str, ...],
    ) -> Table | None:
        view, dot, name = word.partition(".")
        if not dot:
            view, name = file.name, word
        owner = file if view == file.name else self._things.named.get((FileKind.VIEW, view))
        if owner is None:
            self._things.unknown(FileKind.VIEW, view, at.mark, report, path)
            return None
        whole = self._things.whole_of(owner)
        body = _find_field(whole.node, section, name) if whole.usable else None
        if body is None:
            message = f'No such field "{view}.{name}" among the {section} of "{view}".'
            report.error(Code.UNKNOWN_FIELD, message, at.mark, path)
            return None
        reading = self._one(owner, section, name, body, (*chain, f"{file.name}.{path[1]}"))
        if not reading.usable or reading.node is None:
            message = f'The field "{view}.{name}" is left out of the model because of its own errors.'
            report.error(Code.BROKEN_REFERENCE, message, at.mark, path)
            return None
        if is_ignored(reading.node):
            report.error(Code.IGNORED_REFERENCE, f'The field "{view}.{name}" is ignored.', at.mark, path)
            return None
        if owner is file:
            return field_passes_on(
                reading.node, column=name if section == "dimensions" else None, template=None
            )
        template = (view, file.name) if is_template(whole.node) else None
        return field_passes_on(placed_in(reading.node, owner.origin), column=None, template=template)


def _find_field(view: Node | None, section: str, name: str) -> Node | None:
    entry = view.entries.get(section) if isinstance(view, Table) else None
    fields = entry[1] if entry is not None else None
    found = fields.entries.get(name) if isinstance(fields, Table) else None
    return found[1] if found is not None else None


def _turned(circle: tuple[str, ...]) -> tuple[str, ...]:
    """Let a circle start at its first name, wherever it was entered."""
    at = circle.index(min(circle))
    return circle[at:] + circle[:at]
