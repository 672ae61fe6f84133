"""`summary.omni_sql` of a query is OmniSQL: asked again, it gives the rows of the query.

Asked of every case of every page, but where the query holds what a SELECT over the base view cannot say;
`why_not` names these.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.model import Model
from support.answering import compile_case
from support.cases import Case, read_pages
from support.overlaid import world_of

HERE = Path(__file__).parent
CASES = [*read_pages(HERE / "cases"), *read_pages(HERE / "language")]
_LAID_OVER = (
    "pivots",
    "calculations",
    "fill_fields",
    "column_totals",
    "transposed_measures",
    "join_via_map",
    "controls",
    "period_over_period_computations",
    "staticQueryReferences",
    "query_references",
    "custom_summary_types",
)


def why_not(case: Case, model: Model) -> str | None:
    """Say why a query's rows are not those of its OmniSQL, None where they must be."""
    for key in _LAID_OVER:
        if case.query.get(key):
            return f"query.{key} is laid over the result, or around it"
    measures = [model.views[view].measures.get(name) for view, name in _fields(case, model)]
    if any(measure is not None and measure.offsets for measure in measures):
        return "a measure moves the query's own window of time, and SQL has conditions alone"
    name = str(case.query.get("join_paths_from_topic_name") or "")
    if name.startswith("@") or any(field.startswith("@") for field in case.query.get("fields", ())):
        return "composite topics have no base view"
    topic = model.topics.get(name)
    if topic is None:
        return "composite topics have no base view" if name else None
    if topic.always_where_filters or topic.always_where_sql or topic.always_having_filters:
        return "the topic demands conditions of its own"
    if topic.always_having_sql or model.access_filters_of(topic) or topic.views:
        return "the topic has rules, or views, of its own"
    if topic.relationships or topic.joins is not None:
        base = topic.base_view
        joined = {field.partition(".")[0] for field in _named(case)}
        if joined - {base}:
            return "the topic's joins need not be the view's"
    if topic.week_start_day is not None:
        return "the topic's weeks begin on a day of its own"
    return None


def _fields(case: Case, model: Model) -> list[tuple[str, str]]:
    names = (field.partition(".") for field in case.query.get("fields", ()))
    return [(view, name) for view, _, name in names if view in model.views]


def _named(case: Case) -> list[str]:
    return [*case.query.get("fields", ()), *case.query.get("filters", {})]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}: {case.title}")
def test_asking_the_omni_sql_again_gives_the_same_rows(case: Case) -> None:
    if case.error is not None:
        pytest.skip("the query is refused")
    world = world_of(tuple(sorted(case.model.items())), case.tables)
    reason = why_not(case, world.model)
    if reason is not None:
        pytest.skip(reason)
    first = compile_case(case, world)
    if not first.columns or first.sql.startswith("--"):
        pytest.skip("the query has no columns, or reads a rollup table")
    filters = case.query.get("filters") or {}
    again = Case(
        case.page, case.title, query={"userEditedSQL": first.omni_sql, "filters": filters}, meta=case.meta
    )
    try:
        second = compile_case(again, world)
    except HoloscopeError as error:
        raise AssertionError(f"{error.detail}\n\n{first.omni_sql}") from error
    names = [one.name for one in first.fields]
    assert [one.name for one in second.fields] == names, first.omni_sql
    wanted, found = (
        sorted(([row[name] for name in names] for row in world.run(one.sql)[1]), key=repr)
        for one in (first, second)
    )
    assert found == wanted, f"{first.omni_sql}\n\n{second.sql}"
