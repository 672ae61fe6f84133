"""From laid files to the trees that are read: constants filled in, `extends` expanded.

What a file stands on may lie in other files. Each tree is therefore named by the content of all
files that have a say in it, so that what was read once need not be read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from threading import Lock

from holoscope.kit.text import near
from holoscope.modeling import merge
from holoscope.modeling.codes import Code
from holoscope.modeling.constants import NONE, Constants, constants_of, fill_in, used_constants
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.expand_fields import FieldExpansion
from holoscope.modeling.expand_views import ViewExpansion
from holoscope.modeling.inherit import (
    SECTIONS,
    inherit_topic,
    inherit_view,
    is_template,
    topic_passes_on,
    view_passes_on,
    words,
)
from holoscope.modeling.layers import SHAPES, FileKind, Laid, LogicalFile
from holoscope.modeling.links import INHERITING, Links, links_of
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.tree import Mark, Node, Scalar, Table
from holoscope.modeling.reader.views import stem_of
from holoscope.modeling.reading import Reading, circle_text, is_ignored, placed_in
from holoscope.modeling.references import find_cycles

_KEPT_LINKS = 4096

Identity = tuple[FileKind, str]


_links: OrderedDict[object, Links] = OrderedDict()
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
    """Expands the files of one model; without `filling`, constants stay as they are written.

    `inside` holds the views of topics by the topic's key and the view's name.
    """

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
    inside: dict[tuple[str, str], Reading] = field(default_factory=dict)
    fields: FieldExpansion = field(init=False)
    views: ViewExpansion = field(init=False)

    def __post_init__(self) -> None:
        """Index the files, and find what extends itself."""
        self.fields, self.views = FieldExpansion(self), ViewExpansion(self)
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
                aliases = self.views.known_aliases()
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

    def _links(self, file: LogicalFile) -> Links:
        key = (file.content_key, self._constants_key(file))
        with _lock:
            known = _links.get(key)
        if known is None:
            known = links_of(self.own(file).node, file.kind)
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
            return self.fields.expand(file, node, whole.found)
        if self.filling and "views" in node.entries and not is_template(node):
            return self.views.expand(file, node, whole.found)
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

    def whole_of(self, file: LogicalFile) -> Reading:
        """Give a view with what it extends, but not what its fields do; also one inside a topic."""
        return self.inside.get((file.key, file.name)) or self._whole_of(file)

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
                report.error(Code.EXTENDS_CYCLE, circle_text(file.kind, names), mark, ("extends",))
            return Reading(None, (*own.found, *report.found), usable=False)
        parents = [
            self.parent(file, name, at, report, ("extends", number))
            for number, (name, at) in enumerate(words(named))
        ]
        found = (*own.found, *report.found)
        if report.found:
            return Reading(None, found, usable=False)
        inherit = inherit_view if file.kind is FileKind.VIEW else inherit_topic
        return Reading(inherit([parent for parent in parents if parent], node) if parents else node, found)

    def parent(self, file: LogicalFile, name: str, at: Scalar, report: Report, path: Path) -> Table | None:
        """Give what a parent passes on, its places pointing into its own text."""
        parent = self.named.get((file.kind, name))
        if parent is None:
            self.unknown(file.kind, name, at.mark, report, path)
            return None
        whole = self._whole_of(parent)
        if not whole.usable:
            message = f'The {file.kind} "{name}" is left out of the model because of its own errors.'
            report.error(Code.BROKEN_REFERENCE, message, at.mark, path)
            return None
        if whole.node is not None and is_ignored(whole.node):
            report.error(Code.IGNORED_REFERENCE, f'The {file.kind} "{name}" is ignored.', at.mark, path)
            return None
        placed = self._placed.get(parent.key)
        if placed is None:
            table = whole.node if isinstance(whole.node, Table) else Table({}, at.mark, at.end)
            placed = self._placed[parent.key] = placed_in(table, parent.origin)
        if file.kind is FileKind.TOPIC:
            return topic_passes_on(placed, name)
        return view_passes_on(placed, name, file.name, stem_of(parent.key))

    def unknown(self, kind: FileKind, name: str, mark: Mark, report: Report, path: Path) -> None:
        """Report a name that nothing has."""
        hint = near(name, (known for known_kind, known in self.named if known_kind is kind), limit=1)
        fix = f"Did you mean {hint[0]}?" if hint else None
        code = Code.UNKNOWN_VIEW if kind is FileKind.VIEW else Code.UNKNOWN_TOPIC
        report.error(code, f'No such {kind} "{name}".', mark, path, fix=fix)

    def report(self, file: LogicalFile) -> Report:
        """Collect findings about a view, which may stand inside a topic."""
        prefix: Path = ("views", file.name) if (file.key, file.name) in self.inside else ()
        return Report(file.key, file.origin.layer, prefix)


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
    if kind not in INHERITING or not isinstance(node, Table):
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


def _stands_on_others(file: LogicalFile) -> bool:
    """Tell whether a file may; what a model file extends are models, which come as layers."""
    if file.kind not in INHERITING:
        return False
    return file.mentions("extends") or (file.kind is FileKind.TOPIC and file.mentions("views"))
