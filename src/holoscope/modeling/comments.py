"""The comments of a YAML text, each with the key or list item it belongs to.

YAML libraries throw comments away. Here they are found again: a `#` outside every scalar starts one.
A comment on a line of its own belongs to what follows, unless it is indented deeper: then it closes
the section before it. A comment behind a value belongs to that value's key. Linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import yaml

from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.tree import Loader

REFERENCE_LINE = re.compile(r"#\s*Reference this view as\s+(\S+)\s*\Z", re.IGNORECASE)

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_COMMENT = re.compile("#[^\r\n\x85\u2028\u2029]*")
_BLOCK_HEADER = re.compile(r"(?:[!&]\S*\s+)*[|>][0-9+-]*[ \t]*(#[^\r\n\x85\u2028\u2029]*)?")


@dataclass(frozen=True, slots=True)
class Comments:
    """Comment lines (`# ...`) by the path of what they belong to.

    `head` opens the file and keeps its empty lines; `above` stands before a key or item, `beside`
    behind its value, `below` after the last entry of a map or list.
    """

    head: tuple[str, ...] = ()
    above: Mapping[Path, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    beside: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))
    below: Mapping[Path, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


NO_COMMENTS = Comments()


@dataclass(slots=True, eq=False)
class _Box:
    """A map or list; `end` is 0 until known, and stays so for block style."""

    path: Path
    flow: bool
    start: int
    owner: _Entry | None
    column: int = -1
    end: int = 0


@dataclass(slots=True, eq=False)
class _Entry:
    """A key with its value, or a list item. `end` is 0 while nothing says where the value stops."""

    path: Path
    start: int
    column: int
    box: _Box
    end: int = 0
    value: _Box | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """One comment; `own_line` when only blanks (or a bare dash) stand before it."""

    text: str
    index: int
    line: int
    column: int
    own_line: bool


def read_comments(text: str) -> Comments:
    """Return the comments of a text that `read_tree` can read. No comment is left out or named twice."""
    text = text.removeprefix("\ufeff")
    if "#" not in text:
        return NO_COMMENTS
    outline = _Outline(text)
    return _Assignment(outline).comments(list(outline.found()))


class _Outline:
    """Where the entries of a text stand, and the stretches between its scalars."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        self.entries: list[_Entry] = []
        self._scalars: list[tuple[int, int]] = []
        self._headers: list[int] = []
        self._boxes: list[tuple[_Box, bool]] = []
        self._key: list[_Entry | None] = []
        self._count: list[int] = []
        self._anchors: dict[str, str] = {}
        parser: Any = Loader(text)
        try:
            event = parser.get_event()
            while not isinstance(event, yaml.StreamEndEvent):
                self._take(event)
                event = parser.get_event()
        finally:
            parser.dispose()
        self.entry_starts = [entry.start for entry in self.entries]

    def line_of(self, index: int) -> int:
        """Return the number of the line, from 0."""
        return bisect_right(self.starts, index) - 1

    def found(self) -> Iterator[_Found]:
        """Yield the comments in the order of the text."""
        at, headers = 0, iter(self._headers)
        for start, stop in (*self._scalars, (len(self.text), len(self.text))):
            end = stop
            for match in _COMMENT.finditer(self.text, at, max(at, start)):
                yield self._comment(match)
            if stop < 0:  # a block scalar: its header may carry a comment
                end = next(headers)
                header = _BLOCK_HEADER.match(self.text, start)
                if header is not None and header.group(1):
                    found = _COMMENT.match(self.text, header.start(1))
                    if found is not None:
                        yield self._comment(found)
            at = max(at, end)

    def _comment(self, match: re.Match[str]) -> _Found:
        line = self.line_of(match.start())
        start = self.starts[line]
        before = self.text[start : match.start()].strip(" \t")
        own_line = not before.strip("-? \t")
        return _Found(match.group().rstrip(), match.start(), line, match.start() - start, own_line)

    def _take(self, event: Any) -> None:  # noqa: ANN401  (PyYAML's events)
        if isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
            self._leaf(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)

    def _close(self, event: Any) -> None:  # noqa: ANN401
        box, _ = self._boxes.pop()
        self._key.pop()
        self._count.pop()
        if box.flow:
            box.end = event.end_mark.index
            if box.owner is not None:
                box.owner.end = box.end

    def _leaf(self, event: Any) -> None:  # noqa: ANN401
        start, end = event.start_mark.index, event.end_mark.index
        scalar = isinstance(event, yaml.ScalarEvent)
        if scalar and event.style in ("|", ">"):
            self._scalars.append((start, -1))
            self._headers.append(end)
            header = _BLOCK_HEADER.match(self.text, start)
            end = start if header is None else header.start(1) if header.group(1) else header.end()
        else:
            self._scalars.append((start, end))
        if scalar and event.anchor:
            self._anchors[event.anchor] = event.value
        if not self._boxes:
            return
        if self._boxes[-1][1] and self._key[-1] is None:
            word = event.value if scalar else self._anchors.get(event.anchor, "")
            self._key[-1] = self._enter(word, start)
            return
        self._value(start).end = end

    def _open(self, event: Any) -> None:  # noqa: ANN401
        start = event.start_mark.index
        owner = self._value(start) if self._boxes else None
        box = _Box(owner.path if owner else (), bool(event.flow_style), start, owner)
        if owner is not None:
            owner.value = box
        self._boxes.append((box, isinstance(event, yaml.MappingStartEvent)))
        self._key.append(None)
        self._count.append(0)

    def _value(self, start: int) -> _Entry:
        """Return the entry that the value at `start` belongs to: the open key's, or a new list item."""
        _, is_map = self._boxes[-1]
        entry = self._key[-1]
        if is_map and entry is not None:
            self._key[-1] = None
            return entry
        number = self._count[-1]
        self._count[-1] += 1
        return self._enter(number, start)

    def _enter(self, word: str | int, start: int) -> _Entry:
        box, is_map = self._boxes[-1]
        column = start - self.starts[self.line_of(start)]
        if not is_map and not box.flow:
            column = self._dash_column(start, box.column if box.column >= 0 else max(column - 2, 0))
        if box.column < 0:
            box.column = column
        entry = _Entry((*box.path, word), start, column, box)
        self.entries.append(entry)
        return entry

    def _dash_column(self, start: int, otherwise: int) -> int:
        at = start - 1
        while at >= 0 and self.text[at] in " \t\r\n":
            at -= 1
        if at >= 0 and self.text[at] == "-":
            return at - self.starts[self.line_of(at)]
        return otherwise


class _Assignment:
    """Gives each comment its place."""

    def __init__(self, outline: _Outline) -> None:
        self.outline = outline
        self.head: list[str] = []
        self.above: dict[Path, list[str]] = {}
        self.beside: dict[Path, str] = {}
        self.below: dict[Path, list[str]] = {}

    def comments(self, found: list[_Found]) -> Comments:
        entries = self.outline.entries
        first = entries[0].start if entries else len(self.outline.text) + 1
        leading = [comment for comment in found if comment.index < first]
        self._head(leading)
        for comment in found[len(leading) :]:
            number = bisect_right(self.outline.entry_starts, comment.index)
            after = entries[number] if number < len(entries) else None
            if comment.own_line and REFERENCE_LINE.match(comment.text):
                self._last(comment.text)
            elif comment.own_line:
                self._own_line(comment, entries[number - 1], after)
            else:
                self._behind(comment, entries[number - 1])
        return Comments(
            tuple(self.head),
            MappingProxyType({path: tuple(lines) for path, lines in self.above.items()}),
            MappingProxyType(self.beside),
            MappingProxyType({path: tuple(lines) for path, lines in self.below.items()}),
        )

    def _head(self, leading: list[_Found]) -> None:
        """What stands right above the first key belongs to it; the rest opens the file."""
        entries = self.outline.entries
        touching = len(leading)
        if entries:
            line = self.outline.line_of(entries[0].start)
            while touching and leading[touching - 1].line >= line - 1:
                touching -= 1
                line = leading[touching].line
        last, named = -1, False
        for number, comment in enumerate(leading):
            if REFERENCE_LINE.match(comment.text):
                if named and entries:
                    self._last(comment.text)
                else:
                    self.head.insert(len(self.head) if named else 0, comment.text)
                named = True
            elif number >= touching:
                self.above.setdefault(entries[0].path, []).append(comment.text)
            else:
                if self.head and comment.line > last + 1 and len(self.head) > 1:
                    self.head.append("")
                self.head.append(comment.text)
            last = comment.line

    def _last(self, text: str) -> None:
        """Put a line that would name the view, if it came to stand at the top, at the end of the file."""
        self.below.setdefault((), []).append(text)

    def _own_line(self, comment: _Found, before: _Entry, after: _Entry | None) -> None:
        flow = self._flow_around(comment, before)
        if flow is not None:
            if after is not None and after.start < flow.end:
                self.above.setdefault(after.path, []).append(comment.text)
            else:
                self.below.setdefault(flow.path, []).append(comment.text)
        elif after is not None and (
            comment.column <= after.column or after.box.owner is before or self._dashed(comment)
        ):
            self.above.setdefault(after.path, []).append(comment.text)
        else:
            self._closing(comment, before, after)

    def _closing(self, comment: _Found, before: _Entry, after: _Entry | None) -> None:
        """A comment deeper than what follows closes the section that its column points to."""
        kept = set() if after is None else {id(box) for box in _boxes_of(after)}
        ended = [box for box in _boxes_of(before) if id(box) not in kept and not box.flow]
        if not ended:
            outer = before
            while outer.box.flow and outer.box.owner is not None:
                outer = outer.box.owner
            self.above.setdefault(outer.path, []).append(comment.text)
            return
        box = next((box for box in ended if box.column <= comment.column), ended[-1])
        self.below.setdefault(box.path, []).append(comment.text)

    def _behind(self, comment: _Found, before: _Entry) -> None:
        owner: _Entry | None = before
        chosen = before
        while owner is not None:
            is_done = 0 < owner.end <= comment.index
            if is_done and self.outline.line_of(owner.end - 1) == comment.line:
                chosen = owner
            owner = owner.box.owner
        if chosen.path in self.beside:
            self.above.setdefault(chosen.path, []).append(comment.text)
        else:
            self.beside[chosen.path] = comment.text

    def _dashed(self, comment: _Found) -> bool:
        start = self.outline.starts[comment.line]
        return bool(self.outline.text[start : comment.index].strip())

    @staticmethod
    def _flow_around(comment: _Found, before: _Entry) -> _Box | None:
        boxes = _boxes_of(before) if before.value is None else [before.value, *_boxes_of(before)]
        for box in boxes:
            if box.flow and box.start < comment.index < box.end:
                return box
        return None


def _boxes_of(entry: _Entry) -> list[_Box]:
    """Return the maps and lists an entry stands in, innermost first."""
    boxes = [entry.box]
    while boxes[-1].owner is not None:
        boxes.append(boxes[-1].owner.box)
    return boxes
