"""From laid files to the trees that are read: constants filled in, `extends` expanded.

What a file stands on may lie in other files. Each tree is therefore named by the content of all
files that have a say in it, so that what was read once need not be read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from holoscope.kit.text import near
from holoscope.modeling import merge
from holoscope.modeling.codes import Code
from holoscope.modeling.constants import NONE, Constants, constants_of, fill_in, used_constants
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.inherit import (
    SECTIONS,
    field_passes_on,
    inherit_field,
    inherit_topic,
    inherit_view,
    is_template,
    topic_passes_on,
    view_itself,
    view_passes_on,
    words,
)
from holoscope.modeling.layers import SHAPES, FileKind, Laid, LogicalFile
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.tree import BROKEN, Items, Mark, Node, Origin, Scalar, Table, marked
from holoscope.modeling.reader.views import stem_of
from holoscope.modeling.references import find_cycles

_DEEPEST = 200
_KEPT_LINKS = 4096
_INHERITING = (FileKind.VIEW, FileKind.TOPIC)

Identity = tuple[FileKind, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A tree to read, with what was found on the way to it. `usable` is False when it must not be."""

    node: Node | None
    found: tuple[Diagnostic, ...] = ()
    usable: bool = True


@dataclass(frozen=True, slots=True)
class _Links:
    """What a file stands on: what the thing extends, and the views whose fields its fields extend.

    `inside` tells of a topic with a `views:` block; then `views` are also those that it changes.
    """

    things: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    inside: bool = False


_links: OrderedDict[object, _Links] = OrderedDict()
_lock = Lock()


@dataclass(eq=False)
class Source:
    """One logical file, ready to be read. Equal `content_key`, equal reading."""

    file: LogicalFile
    expander: Expander

    @property
    def content_key(self) -> Hashable:
        return self.expander.key(self.file)

    def read(self) -> Reading:
        """Give its tree as it is meant."""
        return self.expander.expand(self.file)


@dataclass(eq=False)
class Expander:
    """Expands the files of one model; without `filling`, constants stay as they are written."""

    laid: Laid
    filling: bool = True
    constants: Constants = field(default_factory=lambda: NONE)
    named: dict[Identity, LogicalFile] = field(default_factory=dict)
    _cycles: dict[Identity, tuple[Identity, ...]] = field(default_factory=dict)
    _keys: dict[str, Hashable] = field(default_factory=dict)
    _own: dict[str, Reading] = field(default_factory=dict)
    _whole: dict[str, Reading] = field(default_factory=dict)
    _readings: dict[str, Reading] = field(default_factory=dict)
    _placed: dict[str, Table] = field(default_factory=dict)
    _fields: dict[tuple[str, str, str, str], Reading] = field(default_factory=dict)
    _inside: dict[tuple[str, str], Reading] = field(default_factory=dict)
    _aliases: dict[str, str] | None = None
    _circles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the files, and find what extends itself."""
        self.named = {(file.kind, file.name): file for file in self.laid.files.values()}
        model = self.laid.files.get(FileKind.MODEL)
        if self.filling and model is not None and model.mentions("constants"):
            self.constants = constants_of(model.read()[0])
        edges = {
            (file.kind, file.name): [(file.kind, name) for name in self._links(file).things]
            for file in self.laid.files.values()
            if file.mentions("extends")
        }
        names = {f"{kind} {name}": (kind, name) for kind, name in edges}
        told = {label: [f"{k} {n}" for k, n in edges[identity]] for label, identity in names.items()}
        for group in find_cycles(told):
            members = tuple(names[label] for label in group)
            self._cycles |= dict.fromkeys(members, members)

    def sources(self) -> Iterator[Source]:
        """Give every file of the model, by key."""
        for file in self.laid.files.values():
            yield Source(file, self)

    # -- what a tree depends on --------------------------------------------------------

    def key(self, file: LogicalFile) -> Hashable:
        """Name the content of everything that has a say in a file's tree."""
        known = self._keys.get(file.key)
        if known is None:
            known = self._keys[file.key] = self._key(file)
        return known

    def _key(self, file: LogicalFile) -> Hashable:
        closure = self._closure(file)
        if len(closure) == 1:
            return (file.content_key, self._constants_key(file)) if file.mentions("@{") else file.content_key
        others = tuple((item.content_key, self._constants_key(item)) for item in closure)
        missing = self._missing(closure)
        return (others, missing, tuple(self.named) if missing else ())

    def _closure(self, file: LogicalFile) -> list[LogicalFile]:
        found, queue = {file.key: file}, [file]
        while queue:
            item = queue.pop()
            if not _stands_on_others(item):
                continue
            links = self._links(item)
            named = [(item.kind, name) for name in links.things] + [(FileKind.VIEW, x) for x in links.views]
            if links.inside:
                aliases = self._known_aliases()
                named.append((FileKind.RELATIONSHIPS, ""))
                named.extend((FileKind.VIEW, aliases[name]) for name in links.views if name in aliases)
            for identity in named:
                other = self.named.get(identity)
                if other is not None and other.key not in found:
                    found[other.key] = other
                    queue.append(other)
        return list(found.values())

    def _missing(self, closure: list[LogicalFile]) -> tuple[str, ...]:
        return tuple(
            name
            for item in closure
            if _stands_on_others(item)
            for kind, names in (
                (item.kind, self._links(item).things),
                (FileKind.VIEW, self._links(item).views),
            )
            for name in names
            if (kind, name) not in self.named
        )

    def _constants_key(self, file: LogicalFile) -> Hashable:
        names = used_constants(piece.origin.text for piece in file.pieces)
        values = tuple((name, self.constants.get(name)) for name in names)
        known = all(value is not None for _, value in values)
        return values if known else (values, tuple(self.constants))

    def _links(self, file: LogicalFile) -> _Links:
        key = (file.content_key, self._constants_key(file))
        with _lock:
            known = _links.get(key)
        if known is None:
            known = _links_of(self.own(file).node, file.kind)
            with _lock:
                _links[key] = known
                while len(_links) > _KEPT_LINKS:
                    _links.popitem(last=False)
        return known

    # -- trees -------------------------------------------------------------------------

    def expand(self, file: LogicalFile) -> Reading:
        """Give a file's tree with everything it stands on."""
        if not _stands_on_others(file):
            return self.own(file)
        known = self._readings.get(file.key)
        if known is None:
            known = self._finish(file, self._whole_of(file))
            self._readings[file.key] = known
        return known

    def _finish(self, file: LogicalFile, whole: Reading) -> Reading:
        node = whole.node
        if not whole.usable or not isinstance(node, Table):
            return whole
        if file.kind is FileKind.VIEW:
            return self._with_fields(file, node, whole.found)
        if self.filling and "views" in node.entries and not is_template(node):
            return self._with_views(file, node, whole.found)
        return whole

    def own(self, file: LogicalFile) -> Reading:
        """Give a file's tree by itself, constants filled in."""
        known = self._own.get(file.key)
        if known is None:
            node, problems = file.read()
            known = Reading(node, problems, usable=not problems)
            if self.filling and node is not None and file.mentions("@{"):
                report = Report(file.key, file.origin.layer)
                node = fill_in(node, self.constants, report)
                known = Reading(node, tuple(report.found))
            if file.mentions("extends") or file.mentions("template"):
                self._own[file.key] = known  # others may stand on it
        return known

    def _whole_of(self, file: LogicalFile) -> Reading:
        """Expand what the thing itself extends, ancestors first; fields come later."""
        stack = [file]
        while stack:
            item = stack[-1]
            waiting = [] if item.key in self._whole else self._unread_parents(item)
            stack.extend(waiting)
            if not waiting:
                stack.pop()
                if item.key not in self._whole:
                    self._whole[item.key] = self._inherit(item)
        return self._whole[file.key]

    def _unread_parents(self, file: LogicalFile) -> list[LogicalFile]:
        if (file.kind, file.name) in self._cycles or not file.mentions("extends"):
            return []
        parents = (self.named.get((file.kind, name)) for name in self._links(file).things)
        return [parent for parent in parents if parent is not None and parent.key not in self._whole]

    def _inherit(self, file: LogicalFile) -> Reading:
        own = self.own(file)
        node = own.node
        if not own.usable or not isinstance(node, Table) or "extends" not in node.entries:
            return own
        mark, named = node.entries["extends"]
        report = Report(file.key, file.origin.layer)
        cycle = self._cycles.get((file.kind, file.name))
        if cycle is not None:
            if cycle[0] == (file.kind, file.name):
                names = [name for _, name in cycle]
                report.error(Code.EXTENDS_CYCLE, _circle(file.kind, names), mark, ("extends",))
            return Reading(None, (*own.found, *report.found), usable=False)
        parents = [
            self._parent(file, name, at, report, ("extends", number))
            for number, (name, at) in enumerate(words(named))
        ]
        found = (*own.found, *report.found)
        if report.found:
            return Reading(None, found, usable=False)
        inherit = inherit_view if file.kind is FileKind.VIEW else inherit_topic
        return Reading(inherit([parent for parent in parents if parent], node) if parents else node, found)

    def _parent(self, file: LogicalFile, name: str, at: Scalar, report: Report, path: Path) -> Table | None:
        """Give what a parent passes on, its places pointing into its own text."""
        parent = self.named.get((file.kind, name))
        if parent is None:
            self._unknown(file.kind, name, at.mark, report, path)
            return None
        whole = self._whole_of(parent)
        if not whole.usable:
            message = f'The {file.kind} "{name}" is left out of the model because of its own errors.'
            report.error(Code.BROKEN_REFERENCE, message, at.mark, path)
            return None
        if whole.node is not None and _is_ignored(whole.node):
            report.error(Code.IGNORED_REFERENCE, f'The {file.kind} "{name}" is ignored.', at.mark, path)
            return None
        placed = self._placed.get(parent.key)
        if placed is None:
            table = whole.node if isinstance(whole.node, Table) else Table({}, at.mark, at.end)
            placed = self._placed[parent.key] = _placed(table, parent.origin)
        if file.kind is FileKind.TOPIC:
            return topic_passes_on(placed, name)
        return view_passes_on(placed, name, file.name, stem_of(parent.key))

    def _unknown(self, kind: FileKind, name: str, mark: Mark, report: Report, path: Path) -> None:
        hint = near(name, (known for known_kind, known in self.named if known_kind is kind), limit=1)
        fix = f"Did you mean {hint[0]}?" if hint else None
        code = Code.UNKNOWN_VIEW if kind is FileKind.VIEW else Code.UNKNOWN_TOPIC
        report.error(code, f'No such {kind} "{name}".', mark, path, fix=fix)

    # -- views inside a topic ------------------------------------------------------------

    def _with_views(self, file: LogicalFile, topic: Table, found: tuple[Diagnostic, ...]) -> Reading:
        """Make whole views of a topic's `views:` block, each laid over the view that it changes."""
        mark, block = topic.entries["views"]
        if not isinstance(block, Table):
            return Reading(topic, found)
        entries = dict(block.entries)
        # A copy under a join's name sees what the topic does to the view behind it, so that comes first.
        for name in sorted(entries, key=lambda name: (FileKind.VIEW, name) not in self.named):
            at, body = entries[name]
            reading = self._view_inside(file, topic, name, at, body)
            entries[name] = (at, reading.node or body)
            found = (*found, *reading.found)
        views = Table(entries, block.mark, block.end)
        return Reading(Table({**topic.entries, "views": (mark, views)}, topic.mark, topic.end), found)

    def _view_inside(self, file: LogicalFile, topic: Table, name: str, mark: Mark, body: Node) -> Reading:
        if not isinstance(body, Table) and not merge.says_nothing(body):
            return Reading(body)
        own = body if isinstance(body, Table) else Table({}, body.mark, body.end)
        view = LogicalFile(FileKind.VIEW, name, file.pieces)
        self._inside[view.key, name] = Reading(own)
        report = self._report(view)
        extended = own.entries.get("extends")
        parents = [
            self._parent(view, parent, at, report, ("extends", number))
            for number, (parent, at) in enumerate(words(extended[1]) if extended is not None else ())
        ]
        entry = topic.entries.get("relationships")
        aliases = {**self._known_aliases(), **_joined_names(entry[1] if entry is not None else None)}
        original = name if (FileKind.VIEW, name) in self.named else aliases.get(name, name)
        base = self.named.get((FileKind.VIEW, original))
        inside = self._inside.get((view.key, original)) if original != name else None
        if base is not None and inside is not None and isinstance(inside.node, Table):
            parents.append(_copy_passes_on(inside.node, original, name, stem_of(base.key)))
        elif base is not None:
            parents.append(self._base(base, name, mark, report))
        elif not any(key in own.entries for key in ("extends", "sql", "query", "table_name")):
            self._unknown(FileKind.VIEW, name, mark, report, ())
        if report.found:
            return Reading(_broken(own), tuple(report.found))
        whole = inherit_view([parent for parent in parents if parent], own) if parents else own
        self._inside[view.key, name] = Reading(whole)
        return self._with_fields(view, whole, ())

    def _base(self, base: LogicalFile, name: str, mark: Mark, report: Report) -> Table | None:
        """Give the view that a topic changes as it is elsewhere; under an alias, what a copy of it is."""
        reading = self.expand(base)
        if not reading.usable or is_template(reading.node):
            why = "a template" if reading.usable else "left out of the model because of its own errors"
            code = Code.TEMPLATE_REFERENCE if reading.usable else Code.BROKEN_REFERENCE
            report.error(code, f'The view "{base.name}" is {why}.', mark, ())
            return None
        node = reading.node if isinstance(reading.node, Table) else Table({}, mark, mark)
        placed, stem = _placed(node, base.origin), stem_of(base.key)
        if name == base.name:
            return view_itself(placed, stem)
        return _copy_passes_on(placed, base.name, name, stem)

    def _known_aliases(self) -> dict[str, str]:
        """Give the aliases that joins of the whole model make."""
        if self._aliases is None:
            file = self.named.get((FileKind.RELATIONSHIPS, ""))
            self._aliases = _joined_names(self.own(file).node) if file is not None else {}
        return self._aliases

    def _report(self, file: LogicalFile) -> Report:
        """Collect findings about a view, which may stand inside a topic."""
        prefix: Path = ("views", file.name) if (file.key, file.name) in self._inside else ()
        return Report(file.key, file.origin.layer, prefix)

    # -- fields ------------------------------------------------------------------------

    def _with_fields(self, file: LogicalFile, view: Table, found: tuple[Diagnostic, ...]) -> Reading:
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
                    reading = self._field(file, section, name, body, ())
                    expanded[name] = (at, reading.node or body)
                    found = (*found, *reading.found)
                entries[section] = (mark, Table(expanded, fields.mark, fields.end))
        return Reading(Table(entries, view.mark, view.end), found)

    def _field(
        self, file: LogicalFile, section: str, name: str, body: Node, chain: tuple[str, ...]
    ) -> Reading:
        if not isinstance(body, Table) or "extends" not in body.entries:
            return Reading(body)
        known = self._fields.get((file.key, file.name, section, name))
        if known is not None:
            return known
        here = f"{file.name}.{name}"
        if here in chain:
            members = chain[chain.index(here) :]
            self._circles |= dict.fromkeys(members, _turned(members))
            return Reading(_broken(body), usable=False)
        mark, named = body.entries["extends"]
        report = self._report(file)
        if len(chain) > _DEEPEST:
            message = f"Extends more than {_DEEPEST} fields, one through the other."
            report.error(Code.TOO_LARGE, message, mark, (section, name, "extends"))
            return Reading(_broken(body), tuple(report.found), usable=False)
        parents = [
            self._field_parent(file, section, word, at, report, (section, name, "extends", number), chain)
            for number, (word, at) in enumerate(words(named))
        ]
        circle = self._circles.get(here)
        if circle is not None:
            report.found.clear()
            if circle[0] == here:
                report.error(Code.EXTENDS_CYCLE, _circle("field", circle), mark, (section, name, "extends"))
        if circle is not None or report.found:
            known = Reading(_broken(body), tuple(report.found), usable=False)
        else:
            kept = [parent for parent in parents if parent is not None]
            known = Reading(inherit_field(kept, body) if kept else body)
        self._fields[file.key, file.name, section, name] = known
        return known

    def _field_parent(
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
        owner = file if view == file.name else self.named.get((FileKind.VIEW, view))
        if owner is None:
            self._unknown(FileKind.VIEW, view, at.mark, report, path)
            return None
        whole = self._inside.get((owner.key, owner.name)) or self._whole_of(owner)
        body = _find_field(whole.node, section, name) if whole.usable else None
        if body is None:
            message = f'No such field "{view}.{name}" among the {section} of "{view}".'
            report.error(Code.UNKNOWN_FIELD, message, at.mark, path)
            return None
        reading = self._field(owner, section, name, body, (*chain, f"{file.name}.{path[1]}"))
        if not reading.usable or reading.node is None:
            message = f'The field "{view}.{name}" is left out of the model because of its own errors.'
            report.error(Code.BROKEN_REFERENCE, message, at.mark, path)
            return None
        if _is_ignored(reading.node):
            report.error(Code.IGNORED_REFERENCE, f'The field "{view}.{name}" is ignored.', at.mark, path)
            return None
        if owner is file:
            return field_passes_on(
                reading.node, column=name if section == "dimensions" else None, template=None
            )
        template = (view, file.name) if is_template(whole.node) else None
        return field_passes_on(_placed(reading.node, owner.origin), column=None, template=template)


def resolve_files(laid: Laid) -> tuple[dict[str, Node | None], tuple[Diagnostic, ...]]:
    """Give the tree of every file with all `extends` expanded, so that the YAML says what runs.

    Constants stay as they are written. A file that cannot be expanded has no tree.
    """
    trees: dict[str, Node | None] = {}
    found: list[Diagnostic] = []
    for source in Expander(laid, filling=False).sources():
        reading = source.read()
        found.extend(reading.found)
        trees[source.file.key] = _without_extends(reading.node, source.file.kind)
    return trees, tuple(dict.fromkeys(found))


def _without_extends(node: Node | None, kind: FileKind) -> Node | None:
    if kind not in _INHERITING or not isinstance(node, Table):
        return node
    entries = {key: entry for key, entry in node.entries.items() if key != "extends"}
    for section in SECTIONS:
        mark, fields = entries.get(section, (node.mark, node))
        if section in entries and isinstance(fields, Table):
            kept: dict[str, tuple[Mark, Node]] = {
                name: (at, _without_extends(body, FileKind.VIEW) or body)
                for name, (at, body) in fields.entries.items()
            }
            entries[section] = (mark, Table(kept, fields.mark, fields.end))
    return merge.settle(Table(entries, node.mark, node.end), SHAPES[kind])


def _links_of(node: Node | None, kind: FileKind) -> _Links:
    if not isinstance(node, Table) or kind not in _INHERITING:
        return _Links()
    things = tuple(_extended(node))
    if kind is FileKind.VIEW:
        return _Links(things, tuple(dict.fromkeys(_extended_by_fields(node))))
    entry = node.entries.get("views")
    block = entry[1].entries if entry is not None and isinstance(entry[1], Table) else {}
    views: list[str] = []
    for name, (_, body) in block.items():
        views.extend((name, *_extended(body), *_extended_by_fields(body)))
    return _Links(things, tuple(dict.fromkeys(views)), inside=bool(block))


def _extended(thing: Node) -> Iterator[str]:
    entry = thing.entries.get("extends") if isinstance(thing, Table) else None
    if entry is not None:
        yield from (name for name, _ in words(entry[1]))


def _extended_by_fields(view: Node) -> Iterator[str]:
    if not isinstance(view, Table):
        return
    for section in SECTIONS:
        entry = view.entries.get(section)
        if entry is not None and isinstance(entry[1], Table):
            for _, body in entry[1].entries.values():
                yield from (name.partition(".")[0] for name in _extended(body) if "." in name)


def _joined_names(joins: Node | None) -> dict[str, str]:
    """Give the aliases of a list of joins, each with the view it stands for."""
    found: dict[str, str] = {}
    for item in joins.values if isinstance(joins, Items) else ():
        for side in ("join_from_view", "join_to_view"):
            view, alias = _word(item, side), _word(item, f"{side}_as")
            if view and alias and alias != view:
                found.setdefault(alias, view)
    return found


def _word(item: Node, key: str) -> str | None:
    entry = item.entries.get(key) if isinstance(item, Table) else None
    return entry[1].text if entry is not None and isinstance(entry[1], Scalar) else None


def _stands_on_others(file: LogicalFile) -> bool:
    return file.mentions("extends") or (file.kind is FileKind.TOPIC and file.mentions("views"))


def _copy_passes_on(view: Table, name: str, alias: str, stem: str) -> Table:
    """Give a view as the copy under a join's name has it; the join, not the view, gives the label."""
    passed = view_passes_on(view, name, alias, stem)
    return Table({key: entry for key, entry in passed.entries.items() if key != "label"}, view.mark, view.end)


def _circle(kind: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f'The {kind} "{names[0]}" extends itself.'
    return f"{kind.capitalize()}s extend each other in a circle: {', '.join(names)}."


def _turned(circle: tuple[str, ...]) -> tuple[str, ...]:
    """Let a circle start at its first name, wherever it was entered."""
    at = circle.index(min(circle))
    return circle[at:] + circle[:at]


def _placed(node: Node, origin: Origin) -> Table:
    placed = marked(node, origin)
    return placed if isinstance(placed, Table) else Table({}, placed.mark, placed.end)


def _find_field(view: Node | None, section: str, name: str) -> Node | None:
    entry = view.entries.get(section) if isinstance(view, Table) else None
    fields = entry[1] if entry is not None else None
    found = fields.entries.get(name) if isinstance(fields, Table) else None
    return found[1] if found is not None else None


def _is_ignored(node: Node) -> bool:
    entry = node.entries.get("ignored") if isinstance(node, Table) else None
    return entry is not None and isinstance(entry[1], Scalar) and entry[1].value is True


def _broken(table: Table) -> Table:
    return Table({**table.entries, BROKEN: (table.mark, merge.scalar(True))}, table.mark, table.end)
