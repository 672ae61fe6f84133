"""`level_of_detail` and `dynamic_top_n` of a field (modeling digest §8, §12)."""

from __future__ import annotations

from holoscope.modeling.codes import Code
from holoscope.modeling.fields import DynamicTopN, Grouping, LevelOfDetail
from holoscope.modeling.reader.aggregates import read_aggregate
from holoscope.modeling.reader.conditions import qualify
from holoscope.modeling.reader.keys import DYNAMIC_TOP_N, LEVEL_OF_DETAIL
from holoscope.modeling.reader.section import Section
from holoscope.modeling.types import Aggregate

_PERCENTILES = (Aggregate.PERCENTILE, Aggregate.PERCENTILE_DISTINCT_ON)


def read_level_of_detail(section: Section, key: str, view: str) -> LevelOfDetail | None:
    """Read an inner aggregation; None when it is absent or bad (then it has been reported)."""
    node = section.node(key)
    if node is None:
        return None
    inner = Section(node, LEVEL_OF_DETAIL, section.report, (*section.path, key), section.entries[key][0])
    inner.require("aggregate_type")
    aggregate = read_aggregate(inner, "the field")
    grouping = _grouping(inner)
    fields = _fields(inner, grouping, view) if grouping else ()
    percentile, key_sql = inner.number("percentile"), inner.sql("custom_primary_key_sql")
    cancels = inner.flag("cancel_query_filters")
    if aggregate is not None:
        _check_percentile(inner, aggregate, percentile is not None and 0 <= percentile <= 100)
        if aggregate.is_distinct_on and key_sql is None:
            message = f'"{aggregate}" needs custom_primary_key_sql beside it: the key to count once.'
            inner.error(Code.MISSING_KEY, message, "aggregate_type")
    section.broken = section.broken or inner.broken
    if inner.broken or aggregate is None or grouping is None:
        return None
    return LevelOfDetail(aggregate, grouping, fields, percentile, key_sql, cancels)


def _grouping(section: Section) -> Grouping | None:
    given = [grouping for grouping in Grouping if grouping.value in section]
    if len(given) == 1:
        return given[0]
    words = ", ".join(grouping.value for grouping in Grouping)
    section.error(Code.BAD_LEVEL_OF_DETAIL, f"A level of detail needs exactly one of {words}.")
    return None


def _fields(section: Section, grouping: Grouping, view: str) -> tuple[str, ...]:
    key = grouping.value
    words = section.words(key)
    if words is None and not section.broken:
        section.error(Code.WRONG_TYPE, f'Property "{key}" must be a list; write [] for no field.', key)
    for word in words or ():
        if "*" in word or "$" in word:
            message = f'Invalid field specified in {key}: "{word}" is not the name of one field.'
            section.error(Code.BAD_LEVEL_OF_DETAIL, message, key)
    return tuple(dict.fromkeys(qualify(word, view) for word in words or ()))


def _check_percentile(section: Section, aggregate: Aggregate, is_given: bool) -> None:
    if aggregate in _PERCENTILES and not is_given:
        section.error(Code.BAD_PERCENTILE, f'"{aggregate}" needs percentile: a number from 0 to 100.')
    elif aggregate not in _PERCENTILES and "percentile" in section:
        section.error(Code.BAD_PERCENTILE, "percentile needs aggregate_type: percentile.", "percentile")


def read_dynamic_top_n(section: Section, key: str, view: str) -> DynamicTopN | None:
    """Read `dynamic_top_n`; None when it is absent or bad (then it has been reported)."""
    node = section.node(key)
    if node is None:
        return None
    top = Section(node, DYNAMIC_TOP_N, section.report, (*section.path, key), section.entries[key][0])
    top.require("n")
    top.require("by")
    n, by = top.integer("n"), top.word("by")
    if n is not None and n < 1:
        top.error(Code.WRONG_TYPE, f'Property "n" must be 1 or more, not {n}.', "n")
    descending, otherwise = top.flag("desc", default=True), top.text("else")
    section.broken = section.broken or top.broken
    if top.broken or n is None or by is None:
        return None
    return DynamicTopN(n, qualify(by, view), descending, otherwise)
