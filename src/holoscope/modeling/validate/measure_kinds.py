"""Rows and aggregates do not mix (modeling digest §8, §11): what may name a measure, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft, Use
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.findings import Finding, Kind, LeftOut

_DIMENSIONALIZE = "omni_dimensionalize"


def check(draft: Draft) -> Iterator[Finding]:
    """Report dimensions, aggregates and filters of measures that name a measure."""
    for use in draft.uses:
        if use.key == "query":  # a query turns measures into columns
            continue
        if use.target is None or isinstance(use.target, Measure) == (use.key == "dynamic_top_n"):
            continue
        found = _problem(use, use.target.qualified_name)
        if found is not None:
            yield replace(use.finding(*found), leaves_out=(LeftOut(Kind.FIELD, use.source.qualified_name),))


def _problem(use: Use, target: str) -> tuple[Code, str] | None:
    source = use.source
    if use.key == "dynamic_top_n":
        return Code.RANKED_BY_DIMENSION, f'"{target}" is no measure; dynamic_top_n ranks by a measure.'
    if use.key == "level_of_detail":
        message = f'Invalid field specified in {use.path[-2]}: the measure "{target}" is no grain.'
        return Code.BAD_LEVEL_OF_DETAIL, message
    if isinstance(source, Dimension):
        if use.key == "sql" and _DIMENSIONALIZE in (source.sql or "").lower():
            return None  # an aggregate may name measures; the compiler refuses one outside of it
        message = f'Dimension "{source.name}" may not use the measure "{target}".'
        return Code.DIMENSION_USES_MEASURE, message
    if use.key == "filters":
        message = f'Measure "{source.name}" filters rows and may not filter on the measure "{target}".'
        return Code.FILTER_ON_MEASURE, message
    if source.aggregate is not None:
        message = f'Measure "{source.name}" aggregates rows and may not aggregate the measure "{target}".'
        return Code.AGGREGATE_OF_MEASURE, message
    return None
