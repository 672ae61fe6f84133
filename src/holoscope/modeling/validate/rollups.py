"""What a rollup table says it holds exists, and its columns are of the right kind (modeling digest §6.1).

A rollup only saves work: with an error or a doubt it is left unused, and answers stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.columns import columns_of
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.reader.rollup import in_columns
from holoscope.modeling.timeframes import GRAINS, GrainKind, split_grain
from holoscope.modeling.types import Aggregate, Catalog, ColumnType, DataType
from holoscope.modeling.validate.grains import explain_grain
from holoscope.modeling.views import Rollup, View

_NUMBERS = frozenset(
    (Aggregate.COUNT, Aggregate.COUNT_DISTINCT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.MEDIAN)
)


def check(draft: Draft) -> Iterator[Finding]:
    """Report a base view, topic, field or filter that is unknown."""
    for view in draft.checked.values():
        rollup = view.rollup
        if rollup is None or view.ignored:
            continue
        problem = draft.names.explain_view(rollup.base_view)
        if problem is not None:
            yield _finding(view, problem, "base_view")
            continue
        topic = draft.topics.get(rollup.topic) if rollup.topic is not None else None
        if rollup.topic is not None and topic is None:
            message = f'No such topic "{rollup.topic}".'
            fix = draft.names.hint(rollup.topic, draft.topics)
            said = Problem(Code.UNKNOWN_TOPIC, message, f"Did you mean {fix}?" if fix else None)
            yield _finding(view, said, "topic")
        elif topic is not None and draft.names.canonical(topic.base_view) != rollup.base_view:
            message = f'The topic "{rollup.topic}" is based on "{topic.base_view}"; the rollup is not used.'
            yield _finding(view, Problem(Code.ROLLUP_UNUSABLE, message), "topic", "", Severity.WARNING)
        for key, names in (("fields", rollup.fields), ("filters", rollup.filters)):
            for name in names:
                found = _explain(draft.names, name, rows_only=key == "filters")
                if found is not None:
                    yield _finding(view, found, key, name)


def check_columns(draft: Draft, catalog: Catalog) -> Iterator[Finding]:
    """Warn of a column that the table does not have, or that holds another kind of value than its field."""
    for view in draft.checked.values():
        if view.rollup is None or view.ignored or view.sql is not None:
            continue
        columns = columns_of(view, catalog)
        placed = in_columns(view.rollup, tuple(columns))
        if not columns or placed is None:
            continue
        for name, column in placed.fields.items():
            stored = columns.get(column.lower())
            wanted = _kind(draft.names, name, catalog, placed)
            if stored is None:
                message = f'The table has no column "{column}"; the rollup is not used.'
            elif wanted is not None and stored.data_type not in (wanted, DataType.UNKNOWN):
                message = (
                    f'"{name}" is {_word(wanted)}, its column "{column}" holds {_word(stored.data_type)}; '
                    "the rollup is not used."
                )
            else:
                continue
            yield _finding(view, Problem(Code.ROLLUP_UNUSABLE, message), "fields", name, Severity.WARNING)


def _kind(names: Names, name: str, catalog: Catalog, rollup: Rollup) -> DataType | None:
    """Tell the kind of a field's values as far as it can be told without compiling; None for not."""
    base, word = split_grain(name)
    view_name, _, field = base.partition(".")
    found = names.find(view_name or rollup.base_view, field)
    if found is None:
        return None
    if not isinstance(found, Dimension):
        return DataType.NUMBER if found.aggregate in _NUMBERS else None
    if word in GRAINS:
        kind = GRAINS[word].kind
        return {
            GrainKind.TRUNCATED: DataType.TIMESTAMP,
            GrainKind.NUMBER: DataType.NUMBER,
            GrainKind.NAME: DataType.STRING,
        }.get(kind)
    owner = names.original(found.view)
    if found.sql is not None or owner is None:
        return found.type
    column: ColumnType | None = columns_of(owner, catalog).get(found.name.lower())
    return found.type or (column.data_type if column else None)


def _explain(names: Names, name: str, *, rows_only: bool) -> Problem | None:
    base, grain = split_grain(name)
    view, dot, field = base.partition(".")
    if not dot:
        return Problem(Code.UNKNOWN_FIELD, f'No such field "{name}".', "Write it as view.field.")
    target = names.find(view, field)
    if target is None:
        return names.explain_field(view, field)
    if rows_only and not isinstance(target, Dimension):
        return Problem(Code.FILTER_ON_MEASURE, f'A rollup is filtered by rows; "{name}" is a measure.')
    return explain_grain(grain, target, names) if grain else None


def _word(kind: DataType) -> str:
    return f"a {kind.lower()}"


def _finding(
    view: View, problem: Problem, key: str, name: str = "", severity: Severity = Severity.ERROR
) -> Finding:
    path = ("materialized_query", key, name) if name else ("materialized_query", key)
    return Finding(
        problem.code,
        problem.message,
        view.position.file,
        path,
        severity=severity,
        fix=problem.fix,
        leaves_out=(LeftOut(Kind.ROLLUP, view.name),),
    )
