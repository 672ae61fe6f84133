"""A view whose rows a join repeats has a key, or its sums are refused there (modeling digest §18.4)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.findings import Finding
from holoscope.modeling.joins import Cardinality, Relationship
from holoscope.modeling.types import Aggregate
from holoscope.modeling.validate.advised import Advised
from holoscope.modeling.views import View

_REPEATS_LEFT = (Cardinality.ONE_TO_MANY, Cardinality.MANY_TO_MANY)
_REPEATS_RIGHT = (Cardinality.MANY_TO_ONE, Cardinality.MANY_TO_MANY)
_NEEDS_KEY = frozenset(
    {Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.MEDIAN, Aggregate.PERCENTILE}
)


def check(advised: Advised) -> Iterator[Finding]:
    """Warn once for each view with such measures and no key, at the first join that repeats its rows."""
    told: set[str] = set()
    for item in advised.draft.declared:
        for name in _repeated(item.relationship):
            view = advised.draft.names.original(name)
            if view is None or view.name in told or view.primary_key or not _asks_for_key(view):
                continue
            told.add(view.name)
            yield Finding(
                Code.JOINED_VIEW_WITHOUT_KEY,
                f'This join repeats rows of "{view.name}", which has no primary key: its counts, sums and '
                "averages are refused in queries that use it.",
                item.file,
                (*item.path, "relationship_type"),
                severity=Severity.WARNING,
                fix=f'Mark a dimension of "{view.name}" with primary_key: true.',
            )


def _repeated(relationship: Relationship) -> Iterator[str]:
    if relationship.cardinality in _REPEATS_LEFT:
        yield relationship.left
    if relationship.cardinality in _REPEATS_RIGHT:
        yield relationship.right


def _asks_for_key(view: View) -> bool:
    return not view.ignored and any(
        measure.aggregate in _NEEDS_KEY and not measure.ignored for measure in view.measures.values()
    )
