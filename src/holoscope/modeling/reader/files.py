"""One logical file of a model: what it says. Reading a file looks at no other file."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.expand import Expander, Source
from holoscope.modeling.layers import FileKind, Layer, LogicalFile, is_deleted, lay
from holoscope.modeling.reader.composites import CompositeFile, read_composite
from holoscope.modeling.reader.model import ModelFile, read_model_file
from holoscope.modeling.reader.relationships import RelationshipsFile, read_relationships_file
from holoscope.modeling.reader.report import Report
from holoscope.modeling.reader.topics import TopicFile, read_topic
from holoscope.modeling.reader.tree import Node
from holoscope.modeling.reader.views import ViewFile, read_view

Content = ModelFile | RelationshipsFile | ViewFile | TopicFile | CompositeFile
KEPT_FILES = 4096


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What one file says, and what is wrong with it. `content` is None for a topic that was deleted."""

    file: str
    content: Content | None
    diagnostics: tuple[Diagnostic, ...]


_cache: OrderedDict[object, ParsedFile] = OrderedDict()
_lock = Lock()


def read_file(source: Source) -> ParsedFile:
    """Read a file, or return what it said before when all that has a say in it is the same."""
    key = source.content_key
    with _lock:
        known = _cache.get(key)
        if known is not None:
            _cache.move_to_end(key)
            return known
    parsed = _read(source)
    with _lock:
        _cache[key] = parsed
        while len(_cache) > KEPT_FILES:
            _cache.popitem(last=False)
    return parsed


def read_text(file: str, text: str) -> ParsedFile | None:
    """Read a file that stands alone; None when its key is that of no model file."""
    return next((read_file(source) for source in Expander(lay((Layer("", {file: text}),))).sources()), None)


def read_once(file: str, text: str) -> ParsedFile | None:
    """Read a file that stands alone, and keep nothing of it."""
    return next((_read(source) for source in Expander(lay((Layer("", {file: text}),))).sources()), None)


def forget_files() -> None:
    """Drop everything remembered; for measurements."""
    with _lock:
        _cache.clear()


def _read(source: Source) -> ParsedFile:
    file = source.file
    report = Report(file.key, file.origin.layer)
    reading = source.read()
    if not reading.usable:
        return ParsedFile(file.key, _empty(file), reading.found)
    content = _content(file, reading.node, report)
    return ParsedFile(file.key, content, (*reading.found, *report.found))


def _content(file: LogicalFile, node: Node | None, report: Report) -> Content | None:
    if file.kind is FileKind.MODEL:
        return read_model_file([piece.origin for piece in file.pieces], node, report)
    if file.kind is FileKind.RELATIONSHIPS:
        return read_relationships_file(file.key, node, report)
    if file.kind is FileKind.VIEW:
        return read_view(file.name, node, report, file.origin)
    if is_deleted(node):
        return None
    if file.kind is FileKind.COMPOSITE_TOPIC:
        return read_composite(file.name, node, report)
    return read_topic(file.name, node, report, file.origin)


def _empty(file: LogicalFile) -> Content:
    """Stand for a file that cannot be used, so that others may say why its names are missing."""
    if file.kind is FileKind.MODEL:
        return ModelFile(access_is_known=False, exists=True)
    if file.kind is FileKind.RELATIONSHIPS:
        return RelationshipsFile()
    if file.kind is FileKind.VIEW:
        return ViewFile(file.name, None)
    if file.kind is FileKind.COMPOSITE_TOPIC:
        return CompositeFile(file.name, None)
    return TopicFile(file.name, None)
