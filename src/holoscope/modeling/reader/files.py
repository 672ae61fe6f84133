"""One file of a model: which kind it is, and what it says. Reading a file looks at no other file."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.reader.model import ModelFile, read_model_file
from holoscope.modeling.reader.relationships import RelationshipsFile, read_relationships_file
from holoscope.modeling.reader.report import Report
from holoscope.modeling.reader.topics import TopicFile, read_topic, topic_name
from holoscope.modeling.reader.tree import Spot, read_tree
from holoscope.modeling.reader.views import ViewFile, read_view, reference_name

Content = ModelFile | RelationshipsFile | ViewFile | TopicFile
KEPT_FILES = 4096


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What one file says, and what is wrong with it. `content` is None for a file of no known kind."""

    file: str
    content: Content | None
    diagnostics: tuple[Diagnostic, ...]


_cache: OrderedDict[tuple[str, bytes], ParsedFile] = OrderedDict()
_lock = Lock()


def file_key(name: str) -> str:
    """Return the key of a file: its path without `.yaml` or `.yml`."""
    return name.removesuffix(".yaml").removesuffix(".yml")


def read_file(file: str, text: str) -> ParsedFile:
    """Read a file, or return what it said before when its text is the same."""
    key = (file, sha256(text.encode(errors="surrogatepass")).digest())
    with _lock:
        known = _cache.get(key)
        if known is not None:
            _cache.move_to_end(key)
            return known
    parsed = _read(file, text)
    with _lock:
        _cache[key] = parsed
        while len(_cache) > KEPT_FILES:
            _cache.popitem(last=False)
    return parsed


def forget_files() -> None:
    """Drop everything remembered; for measurements."""
    with _lock:
        _cache.clear()


def _read(file: str, text: str) -> ParsedFile:
    report = Report(file)
    kind = _kind(file)
    if kind is None:
        message = f'"{file}" is not a model file: expected model, relationships, or a .view or .topic file.'
        report.error(Code.UNKNOWN_FILE, message, Spot(0, 0), ())
        return ParsedFile(file, None, tuple(report.found))
    if kind == "composite_topic":
        message = "Composite topics are not supported yet; the file is left out of the model."
        report.error(Code.NOT_SUPPORTED_YET, message, Spot(0, 0), ())
        return ParsedFile(file, _empty(kind, file, text), tuple(report.found))
    node, problems = read_tree(file, text)
    if problems:
        return ParsedFile(file, _empty(kind, file, text), problems)
    content: Content
    if kind == "model":
        content = read_model_file(text, node, report)
    elif kind == "relationships":
        content = read_relationships_file(file, node, report)
    elif kind == "view":
        content = read_view(file, text, node, report)
    else:
        content = read_topic(file, node, report)
    return ParsedFile(file, content, tuple(report.found))


def _kind(file: str) -> str | None:
    if file in ("model", "relationships"):
        return file
    parts = file.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in file or not file.isprintable():
        return None
    stem, dot, ending = parts[-1].rpartition(".")
    if not dot or not stem or ending not in ("view", "topic", "composite_topic"):
        return None
    return ending


def _empty(kind: str, file: str, text: str) -> Content:
    """Stand for a file that cannot be used, so that others may say why its names are missing."""
    if kind == "model":
        return ModelFile(access_is_known=False, exists=True)
    if kind == "relationships":
        return RelationshipsFile()
    if kind == "view":
        return ViewFile(reference_name(file, text), None)
    return TopicFile(topic_name(file), None)
