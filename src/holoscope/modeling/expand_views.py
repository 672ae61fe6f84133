"""A topic's `views:` block: each view of it is laid over the view that it changes (modeling digest §15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holoscope.modeling import merge
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.inherit import inherit_view, is_template, view_itself, view_passes_on, words
from holoscope.modeling.layers import FileKind, LogicalFile
from holoscope.modeling.links import joined_names
from holoscope.modeling.reader.report import Report
from holoscope.modeling.reader.tree import Mark, Node, Table
from holoscope.modeling.reader.views import stem_of
from holoscope.modeling.reading import Reading, broken, placed_in

if TYPE_CHECKING:
    from holoscope.modeling.expand import Expander


class ViewExpansion:
    """Makes the views of one model's topics."""

    def __init__(self, things: Expander) -> None:
        self._things = things
        self._aliases: dict[str, str] | None = None

    def expand(self, file: LogicalFile, topic: Table, found: tuple[Diagnostic, ...]) -> Reading:
        """Make whole views of a topic's `views:` block, each laid over the view that it changes."""
        mark, block = topic.entries["views"]
        if not isinstance(block, Table):
            return Reading(topic, found)
        entries = dict(block.entries)
        # A copy under a join's name sees what the topic does to the view behind it, so that comes first.
        for name in sorted(entries, key=lambda name: (FileKind.VIEW, name) not in self._things.named):
            at, body = entries[name]
            reading = self._one(file, topic, name, at, body)
            entries[name] = (at, reading.node or body)
            found = (*found, *reading.found)
        views = Table(entries, block.mark, block.end)
        return Reading(Table({**topic.entries, "views": (mark, views)}, topic.mark, topic.end), found)

    def _one(self, file: LogicalFile, topic: Table, name: str, mark: Mark, body: Node) -> Reading:
        if not isinstance(body, Table) and not merge.says_nothing(body):
            return Reading(body)
        own = body if isinstance(body, Table) else Table({}, body.mark, body.end)
        view = LogicalFile(FileKind.VIEW, name, file.pieces)
        self._things.inside[view.key, name] = Reading(own)
        report = self._things.report(view)
        extended = own.entries.get("extends")
        parents = [
            self._things.parent(view, parent, at, report, ("extends", number))
            for number, (parent, at) in enumerate(words(extended[1]) if extended is not None else ())
        ]
        entry = topic.entries.get("relationships")
        aliases = {**self.known_aliases(), **joined_names(entry[1] if entry is not None else None)}
        original = name if (FileKind.VIEW, name) in self._things.named else aliases.get(name, name)
        base = self._things.named.get((FileKind.VIEW, original))
        inside = self._things.inside.get((view.key, original)) if original != name else None
        if base is not None and inside is not None and isinstance(inside.node, Table):
            parents.append(_copy_passes_on(inside.node, original, name, stem_of(base.key)))
        elif base is not None:
            parents.append(self._base(base, name, mark, report))
        elif not any(key in own.entries for key in ("extends", "sql", "query", "table_name")):
            self._things.unknown(FileKind.VIEW, name, mark, report, ())
        if report.found:
            return Reading(broken(own), tuple(report.found))
        whole = inherit_view([parent for parent in parents if parent], own) if parents else own
        self._things.inside[view.key, name] = Reading(whole)
        return self._things.fields.expand(view, whole, ())

    def _base(self, base: LogicalFile, name: str, mark: Mark, report: Report) -> Table | None:
        """Give the view that a topic changes as it is elsewhere; under an alias, what a copy of it is."""
        reading = self._things.expand(base)
        if not reading.usable or is_template(reading.node):
            why = "a template" if reading.usable else "left out of the model because of its own errors"
            code = Code.TEMPLATE_REFERENCE if reading.usable else Code.BROKEN_REFERENCE
            report.error(code, f'The view "{base.name}" is {why}.', mark, ())
            return None
        node = reading.node if isinstance(reading.node, Table) else Table({}, mark, mark)
        placed, stem = placed_in(node, base.origin), stem_of(base.key)
        if name == base.name:
            return view_itself(placed, stem)
        return _copy_passes_on(placed, base.name, name, stem)

    def known_aliases(self) -> dict[str, str]:
        """Give the aliases that joins of the whole model make."""
        if self._aliases is None:
            file = self._things.named.get((FileKind.RELATIONSHIPS, ""))
            self._aliases = joined_names(self._things.own(file).node) if file is not None else {}
        return self._aliases


def _copy_passes_on(view: Table, name: str, alias: str, stem: str) -> Table:
    """Give a view as the copy under a join's name has it; the join, not the view, gives the label."""
    passed = view_passes_on(view, name, alias, stem)
    return Table({key: entry for key, entry in passed.entries.items() if key != "label"}, view.mark, view.end)
