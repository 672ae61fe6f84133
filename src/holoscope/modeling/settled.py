"""Views that need not be checked again: they are well, and nothing outside of their file has a say in that.

A view is local when all that its fields name is its own. A local view without findings stays without
them for as long as its file and the model file are the same, whatever happens to other files.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator

from holoscope.modeling.conditions import Composite, Condition, InQuery
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.findings import Finding
from holoscope.modeling.reader.views import ViewFile
from holoscope.modeling.views import View

_SETTLED = "settled"
_ELSEWHERE = ("suggest_from_field", "suggest_from_topic")


def unsettled_views(files: Iterable[ViewFile], model_key: Hashable) -> set[str]:
    """Name the views that must be checked."""
    return {file.name for file in files if file.memory.get(_SETTLED) != model_key}


def note_settled(draft: Draft, findings: Iterable[Finding], model_key: Hashable) -> None:
    """Remember which of the views that were checked are well by themselves."""
    told = {finding.file for finding in findings}
    busy = {use.source.view for use in draft.uses if use.target is None or use.view != use.source.view}
    custom = draft.model.custom_formats.keys()
    for name, view in draft.checked.items():
        file = draft.files[name]
        is_well = name not in busy and view is file.view and view.position.file not in told
        if is_well and _stands_alone(view) and all(_is_plain(item, custom) for item in view.fields):
            file.memory[_SETTLED] = model_key


def _stands_alone(view: View) -> bool:
    if view.query is not None or view.rollup is not None or view.dynamic_schema is not None or view.filters:
        return False
    if view.required_access_grants or view.default_drill_fields:
        return False
    return view.sql is None or not ("${" in view.sql or "{{" in view.sql)


def _is_plain(item: Dimension | Measure, custom_formats: Collection[str]) -> bool:
    """Tell whether a field names nothing but what its uses tell of."""
    if item.required_access_grants or item.mask_unless_access_grants or item.drill_fields:
        return False
    if item.conditional_format is not None or item.format in custom_formats:
        return False
    if item.extra and any(key in item.extra for key in _ELSEWHERE):
        return False
    if isinstance(item, Dimension):
        if item.custom_calendar is not None or any(_asks(group.condition) for group in item.groups):
            return False
    elif any(_asks(condition) for condition in item.filters.values()):
        return False
    return not any(text is not None and "{{" in text for text in _texts(item))


def _asks(condition: Condition) -> bool:
    """Tell whether a condition compares with what a query gives."""
    if isinstance(condition, Composite):
        return any(_asks(part) for part in condition.parts)
    return isinstance(condition, InQuery)


def _texts(item: Dimension | Measure) -> Iterator[str | None]:
    yield item.sql
    yield item.format
    if item.level_of_detail is not None:
        yield item.level_of_detail.custom_primary_key_sql
    if isinstance(item, Measure):
        yield item.custom_primary_key_sql
    elif item.duration is not None:
        yield item.duration.sql_start
        yield item.duration.sql_end
