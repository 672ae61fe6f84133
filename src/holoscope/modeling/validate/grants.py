"""`required_access_grants` and masks name grants that exist (modeling digest §17).

A grant nobody defined is held by nobody, so what asks for it stays closed and in the model.
"""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.reader.report import Path

_KEY = "required_access_grants"
_MASK = "mask_unless_access_grants"


def check(draft: Draft) -> Iterator[Finding]:
    """Report unknown grants and malformed expressions, wherever they are asked for."""
    known = draft.model.access_grants
    for file, path, elements in _places(draft):
        for number, element in enumerate(elements):
            for name in (part.strip() for term in element.split("|") for part in term.split("&")):
                if name in known:
                    continue
                here = (*path, number)
                if not name:
                    message = f'"{element}" is not an expression of grants; write a, a|b or a&b.'
                    yield Finding(Code.BAD_GRANT_EXPRESSION, message, file, here)
                    continue
                found = draft.names.hint(name, known)
                fix = f"Did you mean {found}?" if found else None
                yield Finding(Code.UNKNOWN_GRANT, f'No such access grant "{name}".', file, here, fix=fix)


def _places(draft: Draft) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    if draft.model.default_topic_required_access_grants:
        key = "default_topic_required_access_grants"
        yield "model", (key,), draft.model.default_topic_required_access_grants
    for view in draft.checked.values():
        file = view.position.file
        if view.required_access_grants:
            yield file, (_KEY,), view.required_access_grants
        for key, fields in (("dimensions", view.dimensions), ("measures", view.measures)):
            for name, item in fields.items():
                if item.required_access_grants:
                    yield file, (key, name, _KEY), item.required_access_grants
                if item.mask_unless_access_grants:
                    yield file, (key, name, _MASK), item.mask_unless_access_grants
    for topic in draft.topics.values():
        if topic.required_access_grants:
            yield topic.position.file, (_KEY,), topic.required_access_grants
