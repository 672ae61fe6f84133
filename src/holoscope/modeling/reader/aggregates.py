"""`aggregate_type`: the words of modeling digest §11, with what other spellings mean."""

from __future__ import annotations

from collections.abc import Mapping

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.reader.section import Section
from holoscope.modeling.types import Aggregate

_WORDS: Mapping[str, Aggregate] = {item.value: item for item in Aggregate}
_AGGREGATES: Mapping[str, Aggregate] = {
    **_WORDS,
    **{item.wire_name.lower(): item for item in Aggregate},  # `sum_distinct` is `sum_distinct_on`
    "avg": Aggregate.AVERAGE,
}
_LATER = frozenset({"semantic_view_agg"})


def read_aggregate(section: Section, owner: str) -> Aggregate | None:
    """Read `aggregate_type`; None when it is absent or bad. `owner` says what is left out then."""
    word = section.word("aggregate_type")
    if word is None:
        return None
    name = word.strip().lower()
    if name in _LATER:
        message = f'The aggregate "{name}" is not supported yet; {owner} is left out of the model.'
        section.error(Code.NOT_SUPPORTED_YET, message, "aggregate_type")
        return None
    if name not in _AGGREGATES:
        hint = near(name, _AGGREGATES) or tuple(_WORDS)
        message = f'"{word}" is not an aggregate_type.'
        section.error(Code.BAD_AGGREGATE, message, "aggregate_type", fix=f"Use {', '.join(hint)}.")
    return _AGGREGATES.get(name)
