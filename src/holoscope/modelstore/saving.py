"""What keeps a file from being saved: its name, and errors that stand in its own text.

What other files may mend later (a view that is not there yet, a grant, a cache policy) is told by
validation and saved all the same; but a topic whose joins nothing declares is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from holoscope.kit.errors import BadRequest
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic, Severity
from holoscope.modeling.layers import FileKind, kind_of
from holoscope.modeling.load import load_model
from holoscope.modelstore.errors import InvalidModelFile
from holoscope.modelstore.stack import Stack

LONGEST_FILE_NAME = 500
_MOST_TOLD = 20
_MENDED_ELSEWHERE = frozenset(
    {
        Code.NOT_SUPPORTED_YET,
        Code.NOT_USED_YET,
        Code.UNKNOWN_VIEW,
        Code.UNKNOWN_FIELD,
        Code.UNKNOWN_TOPIC,
        Code.UNKNOWN_CONSTANT,
        Code.FISCAL_WITHOUT_OFFSET,
        Code.FIELD_BROKEN_IN_TOPIC,
        Code.IGNORED_REFERENCE,
        Code.BROKEN_REFERENCE,
        Code.REFERENCE_CYCLE,
        Code.GRAIN_ON_NON_TIME,
        Code.DIMENSION_USES_MEASURE,
        Code.AGGREGATE_OF_MEASURE,
        Code.FILTER_ON_MEASURE,
        Code.HAVING_ON_DIMENSION,
        Code.MISSING_BASE_VIEW,
        Code.UNKNOWN_GRANT,
        Code.UNKNOWN_CACHE_POLICY,
        Code.ACCESS_DEFAULTS_UNREADABLE,
    }
)
_NAME_CODES = frozenset({Code.DUPLICATE_VIEW, Code.DUPLICATE_TOPIC, Code.DUPLICATE_FILE})
_JOIN_CODES = frozenset({Code.NO_JOIN_PATH, Code.UNKNOWN_VIEW})


def file_kind(name: str) -> FileKind:
    """Return what a file of this name holds.

    Raises:
        BadRequest: no file of a model can be called so.
    """
    kind = kind_of(name) if len(name) <= LONGEST_FILE_NAME else None
    if kind is None:
        raise BadRequest(
            "Bad Request: fileName: Invalid file name. Expected model, relationships, or a relative path "
            "that ends in .view, .topic or .composite_topic"
        )
    return kind


def check_saved(after: Stack, paths: Iterable[str]) -> None:
    """Refuse files of the stack's own layer that must not be saved.

    Raises:
        InvalidModelFile: with every reason, each with its place.
    """
    own, wanted = after.model.id, frozenset(paths)
    _, diagnostics = load_model(after.layers())
    told = [
        item
        for item in diagnostics
        if item.position.layer == own
        and ((item.position.file in wanted and _stops(item)) or _takes_a_name(item, wanted))
    ]
    if told:
        raise InvalidModelFile("\n".join(_line(item) for item in told[:_MOST_TOLD]))


def _stops(item: Diagnostic) -> bool:
    if item.code in _JOIN_CODES and ".topic.joins." in item.yaml_path:
        return True
    return item.severity is Severity.ERROR and item.code not in _MENDED_ELSEWHERE


def _takes_a_name(item: Diagnostic, wanted: frozenset[str]) -> bool:
    """Tell whether another file may not be called so any more because of one of these."""
    return item.code in _NAME_CODES and any(f'"{file}"' in item.message for file in wanted)


def _line(item: Diagnostic) -> str:
    at = item.position
    fix = f" {item.fix}" if item.fix else ""
    return f"{at.file}:{at.line}:{at.column}: {item.message}{fix}"
