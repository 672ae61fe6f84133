"""YAML text becomes a tree of values with positions; bad YAML becomes diagnostics.

Limits against hostile files: 1 MiB of text, 64 levels, and a cap on what aliases expand to.
Duplicate keys are errors. libyaml does the scanning when it is there, PyYAML itself when not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic, Position, Severity
from holoscope.modeling.reader.scalars import Plain, plain_value, tagged_value

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_ALIAS_NODES = 10_000

BROKEN = "\0broken"
"""A key no text can hold: it marks a mapping that must not be used, for reasons told elsewhere."""

_PLAIN = "plain"
_TEXT = "text"
_TREE_TAGS = frozenset({_PLAIN, _TEXT, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


class Mark(Protocol):
    """A place in the text, all from 0; `index` counts characters. YAML libraries have their own."""

    line: int
    column: int
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """The text that a mark points into: a file of one layer (`""` when there is but one)."""

    file: str
    text: str = ""
    layer: str = ""


@dataclass(slots=True)
class Spot:
    """A mark of our own making. `origin` is said where a tree holds pieces of several texts."""

    line: int
    column: int
    index: int = 0
    origin: Origin | None = None


@dataclass(slots=True, eq=False)
class Scalar:
    """One value; `text` is it as written, without quotes."""

    value: Plain
    text: str
    mark: Mark
    end: Mark


@dataclass(slots=True, eq=False)
class Items:
    """A list."""

    values: list[Node]
    mark: Mark
    end: Mark


@dataclass(slots=True, eq=False)
class Table:
    """A mapping: key -> (place of the key, value), in written order."""

    entries: dict[str, tuple[Mark, Node]]
    mark: Mark
    end: Mark


Node = Scalar | Items | Table


class _Refused(Exception):
    def __init__(self, code: Code, message: str, mark: Mark) -> None:
        super().__init__(message)
        self.code, self.message, self.mark = code, message, mark


def position_of(file: str, mark: Mark, layer: str = "") -> Position:
    """Turn a mark (from 0) into a position (from 1); a mark that knows its own text points there."""
    origin: Origin | None = getattr(mark, "origin", None)
    if origin is not None:
        file, layer = origin.file, origin.layer
    return Position(file, mark.line + 1, mark.column + 1, layer)


def marked(node: Node, origin: Origin) -> Node:
    """Return the tree with every mark pointing into `origin`; marks that point elsewhere stay."""
    mark, end = _spot(node.mark, origin), _spot(node.end, origin)
    if isinstance(node, Scalar):
        return Scalar(node.value, node.text, mark, end)
    if isinstance(node, Items):
        return Items([marked(value, origin) for value in node.values], mark, end)
    entries = {key: (_spot(at, origin), marked(value, origin)) for key, (at, value) in node.entries.items()}
    return Table(entries, mark, end)


def _spot(mark: Mark, origin: Origin) -> Mark:
    known = getattr(mark, "origin", None)
    return mark if known is not None else Spot(mark.line, mark.column, mark.index, origin)


class _Depth:
    """Counts levels and nodes while composing, and tags scalars only as quoted or plain."""

    depth = 0
    nodes = 0

    def descend_resolver(self, parent: yaml.Node | None, _index: object) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH:
            where = parent.start_mark if parent is not None else Spot(0, 0)
            raise _Refused(Code.TOO_LARGE, f"The file nests deeper than {MAX_DEPTH} levels.", where)

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, _kind: object, _value: object, implicit: tuple[bool, bool] | bool) -> str:
        return _PLAIN if implicit is not True and implicit is not False and implicit[0] else _TEXT


class PureLoader(_Depth, yaml.SafeLoader):
    """The slow way, for a PyYAML without libyaml."""


Loader: Any = PureLoader
if hasattr(yaml, "CSafeLoader"):

    class FastLoader(_Depth, yaml.CSafeLoader):
        """The usual way: libyaml composes."""

    Loader = FastLoader


def read_tree(
    file: str, text: str, loader: Callable[[str], Any] | None = None
) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """Read one document; `(None, ())` when it is empty, `(None, findings)` when it is bad."""
    try:
        encoded = len(text.encode())
    except UnicodeEncodeError as error:
        return None, (
            _finding(file, Code.BAD_YAML, "The text is not valid Unicode.", _at(text, error.start)),
        )
    if encoded > MAX_BYTES:
        message = f"The file has {encoded} bytes; the largest allowed is {MAX_BYTES}."
        return None, (_finding(file, Code.TOO_LARGE, message, Spot(0, 0)),)
    text = text.removeprefix("\ufeff")
    parser: Any = None
    try:
        parser = (loader or Loader)(text)
        raw = parser.get_single_node()
        if raw is None:
            return None, ()
        converter = _Converter(parser.nodes + MAX_ALIAS_NODES)
        node = converter.convert(raw, 1)
    except _Refused as refused:
        return None, (_finding(file, refused.code, refused.message, refused.mark),)
    except yaml.YAMLError as error:
        return None, (_finding(file, Code.BAD_YAML, *_explain(error, text)),)
    except (ValueError, OverflowError):  # an escape beyond Unicode, read by PyYAML itself
        return None, (_finding(file, Code.BAD_YAML, "An escape names no character.", Spot(0, 0)),)
    finally:
        if parser is not None:
            parser.dispose()
    if converter.duplicates:
        found = (
            _finding(
                file,
                Code.DUPLICATE_KEY,
                f'The key "{key}" is written twice; the first is on line {first.line + 1}, '
                f"column {first.column + 1}.",
                again,
            )
            for key, first, again in converter.duplicates
        )
        return None, tuple(found)
    return node, ()


class _Converter:
    """Raw nodes to ours; visits every alias again, within a budget."""

    def __init__(self, budget: int) -> None:
        self.left = budget
        self.open: set[int] = set()
        self.duplicates: list[tuple[str, Mark, Mark]] = []
        self._told: set[tuple[int, int]] = set()

    def convert(self, raw: yaml.Node, depth: int) -> Node:
        self.left -= 1
        if self.left < 0:
            message = f"Aliases expand to more than {MAX_ALIAS_NODES} values."
            raise _Refused(Code.TOO_LARGE, message, raw.start_mark)
        if type(raw) is yaml.ScalarNode:
            return self._scalar(raw)
        if depth >= MAX_DEPTH:
            raise _Refused(Code.TOO_LARGE, f"The file nests deeper than {MAX_DEPTH} levels.", raw.start_mark)
        if raw.tag not in _TREE_TAGS:
            raise _Refused(Code.BAD_YAML, f"The tag {raw.tag!r} is not allowed.", raw.start_mark)
        identity = id(raw)
        if identity in self.open:
            raise _Refused(Code.BAD_YAML, "An alias stands inside the value it names.", raw.start_mark)
        self.open.add(identity)
        node: Node
        if type(raw) is yaml.SequenceNode:
            values = [self.convert(item, depth + 1) for item in raw.value]
            node = Items(values, raw.start_mark, raw.end_mark)
        else:
            node = Table(self._entries(raw, depth), raw.start_mark, raw.end_mark)
        self.open.discard(identity)
        return node

    def _entries(self, raw: yaml.Node, depth: int) -> dict[str, tuple[Mark, Node]]:
        entries: dict[str, tuple[Mark, Node]] = {}
        for key, value in raw.value:
            if type(key) is not yaml.ScalarNode:
                raise _Refused(Code.BAD_YAML, "A key must be a plain word.", key.start_mark)
            word = key.value
            if word in entries:
                self._duplicate(word, entries[word][0], key.start_mark)
                continue
            entries[word] = (key.start_mark, self.convert(value, depth + 1))
        return entries

    def _duplicate(self, word: str, first: Mark, again: Mark) -> None:
        place = (again.line, again.column)
        if place not in self._told:  # an aliased mapping is visited more than once
            self._told.add(place)
            self.duplicates.append((word, first, again))

    def _scalar(self, raw: yaml.ScalarNode) -> Scalar:
        text, tag = raw.value, raw.tag
        try:
            if tag == _PLAIN:
                value = plain_value(text)
            elif tag in (_TEXT, "!"):
                value = text
            else:
                value = tagged_value(tag, text)
        except ValueError as error:
            raise _Refused(Code.BAD_YAML, str(error), raw.start_mark) from None
        return Scalar(value, text, raw.start_mark, raw.end_mark)


def plain(node: Node) -> Any:  # noqa: ANN401  (JSON-like data, any shape)
    """Return the tree as dicts, lists and scalars that JSON can hold."""
    if isinstance(node, Table):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, Items):
        return [plain(value) for value in node.values]
    value = node.value
    if value is None or isinstance(value, (str, bool, int)):
        return value
    number = float(value)
    return number if number - number == 0 else node.text


def _finding(file: str, code: Code, message: str, mark: Mark) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, position_of(file, mark), file)


def _at(text: str, index: int) -> Spot:
    before = text[:index]
    return Spot(before.count("\n"), index - (before.rfind("\n") + 1), index)


def _explain(error: yaml.YAMLError, text: str) -> tuple[str, Mark]:
    if isinstance(error, yaml.reader.ReaderError):
        # libyaml counts bytes, PyYAML itself counts characters; look the character up.
        position = error.position if isinstance(error.position, int) else 0
        index = len(text.encode()[:position].decode(errors="ignore"))
        found = text.find(chr(error.character)) if isinstance(error.character, int) else -1
        return "The file holds a character that YAML does not allow.", _at(
            text, found if found >= 0 else index
        )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None) or Spot(0, 0)
    problem = getattr(error, "problem", None) or "it cannot be read"
    if mark.index >= len(text):
        mark = _at(text, len(text))
    line_start = text.rfind("\n", 0, mark.index) + 1
    indent = text[line_start : mark.index + 1]
    hint = " Indent with spaces, not tabs." if "\t" in indent and not indent.strip() else ""
    return f"Not valid YAML: {problem}.{hint}", mark
