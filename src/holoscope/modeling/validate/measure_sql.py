"""What a measure must and must not say for its kind (modeling digest §11)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.fields import LevelOfDetail, Measure
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.types import Aggregate
from holoscope.modeling.views import View


def check(view: View) -> Iterator[Finding]:
    """Every aggregate but `count` needs an operand; a derived measure needs SQL and takes no filters."""
    for name, measure in view.measures.items():
        problem = _problem(measure)
        if problem is not None:
            code, key, message = problem
            path = ("measures", name, key) if key else ("measures", name)
            yield Finding(
                code,
                message,
                view.position.file,
                path,
                leaves_out=(LeftOut(Kind.FIELD, measure.qualified_name),),
            )


def _problem(measure: Measure) -> tuple[Code, str, str] | None:
    name, aggregate = measure.name, measure.aggregate
    if measure.level_of_detail is not None:
        return _problem_of_detail(measure, measure.level_of_detail)
    if aggregate is None:
        if measure.sql is None:
            return Code.SQL_REQUIRED, "", f'Measure "{name}" needs an aggregate_type, or sql over measures.'
        if measure.filters:
            message = f'Filters on measure "{name}" without aggregate_type are not supported yet.'
            return Code.NOT_SUPPORTED_YET, "filters", message
        return None
    if aggregate is Aggregate.COUNT:
        if measure.sql is None:
            return None
        message = f'Measure "{name}": count counts rows and takes no sql; use a filter or count_distinct.'
        return Code.COUNT_WITH_SQL, "sql", message
    if measure.sql is None:
        return Code.SQL_REQUIRED, "aggregate_type", f'Measure "{name}": {aggregate} needs sql.'
    if (
        aggregate.is_distinct_on
        and measure.custom_primary_key_sql is None
        and measure.level_of_detail is None
    ):
        message = f'Measure "{name}": {aggregate} needs custom_primary_key_sql.'
        return Code.MISSING_KEY, "aggregate_type", message
    return None


def _problem_of_detail(measure: Measure, detail: LevelOfDetail) -> tuple[Code, str, str] | None:
    """With a level of detail, `sql` is what the inner aggregate reads."""
    if measure.aggregate is None:
        message = (
            f'Measure "{measure.name}" needs an aggregate_type for the values its level of detail gives.'
        )
        return Code.BAD_LEVEL_OF_DETAIL, "level_of_detail", message
    if measure.sql is None and detail.aggregate is not Aggregate.COUNT:
        message = f'Measure "{measure.name}": the {detail.aggregate} of its level of detail needs sql.'
        return Code.SQL_REQUIRED, "level_of_detail", message
    return None
