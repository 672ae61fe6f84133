"""Layers of files laid over each other: schema, shared, extension, branch, workbook, query (digest §1).

Each layer holds only what it adds or says differently. Laying them gives one tree for each logical
file. A view is known by its reference name and a topic by its stem, whatever the paths of their files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache, reduce
from hashlib import sha256

from holoscope.modeling import merge
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic, Position, Severity
from holoscope.modeling.reader.tree import Node, Origin, Scalar, Table, marked, position_of, read_tree
from holoscope.modeling.reader.views import reference_name

_NAME = re.compile(r"name(?<!\wname)[\"']?\s*:")
_KEPT_NAMES = 4096
WORDS = ("extends", "template", "views", "constants", "@{")
"""What may make a file depend on others; most files hold none of it."""
_KEPT_PIECES = 16_384


class FileKind(StrEnum):
    """What a file holds; of the first two kinds a model has one each."""

    MODEL = "model"
    RELATIONSHIPS = "relationships"
    VIEW = "view"
    TOPIC = "topic"
    COMPOSITE_TOPIC = "composite_topic"


SHAPES: Mapping[FileKind, merge.Shape] = {
    FileKind.MODEL: merge.MODEL,
    FileKind.VIEW: merge.VIEW,
    FileKind.TOPIC: merge.TOPIC,
    FileKind.COMPOSITE_TOPIC: merge.COMPOSITE_TOPIC,
    FileKind.RELATIONSHIPS: merge.ATOM,
}


@dataclass(frozen=True, slots=True)
class Layer:
    """The files of one layer: keys such as `model` or `PUBLIC/trips.view` and their texts."""

    name: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One file of one layer. `name` is the identity of what it holds, `digest` that of its text.

    `mentions` are those of `WORDS` that occur anywhere in the text.
    """

    origin: Origin
    kind: FileKind
    name: str
    digest: bytes
    mentions: frozenset[str]

    @property
    def key(self) -> tuple[str, str, bytes]:
        """Name the piece by its place and content; equal keys, equal pieces."""
        return self.origin.layer, self.origin.file, self.digest


_known_pieces: dict[tuple[str, str, str | None], Piece] = {}


@dataclass(eq=False)
class LogicalFile:
    """One file of the whole model: the pieces that make it, low to high.

    `key` is the path in the lowest layer, `name` the view's reference name or the topic's.
    """

    kind: FileKind
    name: str
    pieces: list[Piece] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.pieces[0].origin.file

    @property
    def origin(self) -> Origin:
        """Where marks point that do not know their own text."""
        return self.pieces[0].origin

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that contribute."""
        return tuple(piece.origin.layer for piece in self.pieces)

    @cached_property
    def content_key(self) -> tuple[tuple[str, str, bytes], ...]:
        """Name the content by its pieces: equal keys, equal trees."""
        return tuple(piece.key for piece in self.pieces)

    def mentions(self, word: str) -> bool:
        """Tell whether one of `WORDS` occurs in the texts."""
        return word in self._mentions

    @cached_property
    def _mentions(self) -> frozenset[str]:
        return frozenset().union(*(piece.mentions for piece in self.pieces))

    def read(self) -> tuple[Node | None, tuple[Diagnostic, ...]]:
        """Give the merged tree, made anew, and why there is none.

        None without a problem: the file is empty. One bad piece spoils the file: rules of access
        might go missing with it.
        """
        trees: list[Node] = []
        problems: list[Diagnostic] = []
        for piece in self.pieces:
            tree, found = _read_piece(piece, check=len(self.pieces) > 1)
            problems.extend(found)
            if tree is not None:
                trees.append(tree if piece is self.pieces[0] else marked(tree, piece.origin))
        if problems or not trees:
            return None, tuple(problems)
        if len(self.pieces) == 1:
            return trees[0], ()
        return merge.settle(reduce(merge_of(self.kind), trees), SHAPES[self.kind]), ()


@dataclass(frozen=True, slots=True)
class Laid:
    """The logical files of a model by key, and what is wrong with files as such."""

    files: Mapping[str, LogicalFile]
    diagnostics: tuple[Diagnostic, ...]


def lay(layers: Sequence[Layer]) -> Laid:
    """Lay the layers, low to high, over each other. Nothing bad raises: it becomes diagnostics.

    A file without a name of its own adds to the file of the same path below it. Of two files with
    one name in one layer the first stays. Trees are made when they are asked for.

    Source: modeling digest §1, §2.
    """
    found: dict[tuple[FileKind, str], LogicalFile] = {}
    named: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    for layer in layers:
        owners: dict[tuple[FileKind, str], str] = {}
        for piece in _pieces(layer, named, diagnostics):
            identity = (piece.kind, piece.name)
            first = owners.setdefault(identity, piece.origin.file)
            if first == piece.origin.file:
                found.setdefault(identity, LogicalFile(*identity)).pieces.append(piece)
            else:
                diagnostics.append(_twice(piece, first))
        for (kind, name), file in owners.items():
            if kind is FileKind.VIEW:
                named[file] = name
    return Laid({file.key: file for file in _in_order(found.values(), diagnostics)}, tuple(diagnostics))


def is_deleted(topic: Node | None) -> bool:
    """Tell whether a layer took the topic away (`ignored: true`)."""
    entry = topic.entries.get("ignored") if isinstance(topic, Table) else None
    return entry is not None and isinstance(entry[1], Scalar) and entry[1].value is True


def as_layers(files: Mapping[str, str] | Sequence[Layer]) -> tuple[Layer, ...]:
    """Take the files of one model as its only layer."""
    return (Layer("", files),) if isinstance(files, Mapping) else tuple(files)


def file_key(name: str) -> str:
    """Return the key of a file: its path without `.yaml` or `.yml`."""
    return name.removesuffix(".yaml").removesuffix(".yml")


@lru_cache(_KEPT_PIECES)
def kind_of(file: str) -> FileKind | None:
    """Tell by its key what a file holds; None when it is no file of a model."""
    if file in (FileKind.MODEL, FileKind.RELATIONSHIPS):
        return FileKind(file)
    parts = file.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in file or not file.isprintable():
        return None
    stem, dot, ending = parts[-1].rpartition(".")
    if (
        not dot
        or not stem.strip(".")
        or ending not in (FileKind.VIEW, FileKind.TOPIC, FileKind.COMPOSITE_TOPIC)
    ):
        return None
    return FileKind(ending)


def merge_of(kind: FileKind) -> merge.Merger:
    """Give the way in which trees of one kind of file lie over each other; it is associative."""
    if kind is FileKind.RELATIONSHIPS:
        return merge.merge_joins
    shape = SHAPES[kind]
    return lambda lower, upper: merge.merge(lower, upper, shape)


def _pieces(layer: Layer, named: Mapping[str, str], diagnostics: list[Diagnostic]) -> Iterator[Piece]:
    keys: dict[str, str] = {}
    for name in sorted(layer.files):
        key = file_key(name)
        kind = kind_of(key)
        if keys.setdefault(key, name) != name:
            message = f'Two files are called "{key}"; "{name}" is not read.'
            diagnostics.append(_about(layer, key, Code.DUPLICATE_FILE, message))
        elif kind is None:
            message = (
                f'"{key}" is not a model file: expected model, relationships, or a .view or .topic file.'
            )
            diagnostics.append(_about(layer, key, Code.UNKNOWN_FILE, message))
        else:
            yield _piece(layer, key, layer.files[name], kind, named.get(key))


def _piece(layer: Layer, key: str, text: str, kind: FileKind, below: str | None) -> Piece:
    """Make a piece, or take the one made before of the same text at the same place."""
    place = (layer.name, key, below)
    known = _known_pieces.get(place)
    if known is not None and known.origin.text == text:
        return known
    origin = Origin(key, text, layer.name)
    digest = sha256(text.encode(errors="surrogatepass")).digest()
    mentions = frozenset(word for word in WORDS if word in text)
    piece = Piece(origin, kind, _identity(origin, kind, below), digest, mentions)
    if len(_known_pieces) >= _KEPT_PIECES:
        _known_pieces.clear()
    _known_pieces[place] = piece
    return piece


def _identity(origin: Origin, kind: FileKind, below: str | None) -> str:
    if kind is FileKind.VIEW:
        written = _written_name(origin.file, origin.text) if _NAME.search(origin.text) else None
        return reference_name(origin.file, origin.text, written or below)
    if kind in (FileKind.TOPIC, FileKind.COMPOSITE_TOPIC):
        return origin.file.rsplit("/", 1)[-1].removesuffix(f".{kind}")
    return ""


@lru_cache(_KEPT_NAMES)
def _written_name(file: str, text: str) -> str | None:
    tree, _ = read_tree(file, text)
    entry = tree.entries.get("name") if isinstance(tree, Table) else None
    value = entry[1] if entry is not None else None
    return value.text if isinstance(value, Scalar) and value.value is not None else None


def _read_piece(piece: Piece, *, check: bool) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    origin = piece.origin
    tree, found = read_tree(origin.file, origin.text)
    found = tuple(replace(item, position=replace(item.position, layer=origin.layer)) for item in found)
    if (
        check
        and piece.kind is not FileKind.RELATIONSHIPS
        and tree is not None
        and not isinstance(tree, Table)
        and not merge.says_nothing(tree)
    ):
        message = "The file must hold a map."
        place = position_of(origin.file, tree.mark, origin.layer)
        return None, (Diagnostic(Code.WRONG_TYPE, Severity.ERROR, message, place, origin.file),)
    return tree, found


def _in_order(files: Iterable[LogicalFile], diagnostics: list[Diagnostic]) -> Iterator[LogicalFile]:
    """Sort by key; of two files with one key (their identities differ) the first stays."""
    known: set[str] = set()
    for file in sorted(files, key=lambda file: file.key):
        if file.key in known:
            layer = Layer(file.origin.layer, {})
            message = (
                f'The path "{file.key}" holds another view in a layer below; give this file another path.'
            )
            diagnostics.append(_about(layer, file.key, Code.DUPLICATE_FILE, message))
        else:
            known.add(file.key)
            yield file


def _twice(piece: Piece, first: str) -> Diagnostic:
    kind = "view" if piece.kind is FileKind.VIEW else "topic"
    code = Code.DUPLICATE_VIEW if kind == "view" else Code.DUPLICATE_TOPIC
    message = f'The {kind} "{piece.name}" stands in the file "{first}" already.'
    return _about(Layer(piece.origin.layer, {}), piece.origin.file, code, message)


def _about(layer: Layer, key: str, code: Code, message: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, Position(key, layer=layer.name), key)
