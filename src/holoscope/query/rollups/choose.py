"""Choosing a rollup table: of those that provably answer, the one with the fewest rows."""

from __future__ import annotations

from dataclasses import dataclass

from holoscope.modeling.columns import table_key
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic
from holoscope.modeling.views import Rollup
from holoscope.query.inside import model_outside
from holoscope.query.plan.grouping import Grouping
from holoscope.query.resolve import Resolver
from holoscope.query.rollups.proof import Terms, prove
from holoscope.query.rollups.stored import StoredRollup, stored_rollup

LEFT_JOINS = "allow_non_inner_join_mv_optimization"
"""The feature of a model that lets left joins be made on stored keys."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A question put to the rollup table of `view`."""

    grouping: Grouping
    view: str


def answer_from_rollup(question: Grouping, topic: Topic | None, resolver: Resolver) -> Rewritten | None:
    """Put a question to the coarsest rollup table that provably answers it; None when there is none."""
    candidates = _rollups_of(question.joined.base, resolver)
    if not candidates:
        return None
    having = topic is not None and bool(topic.always_having_filters or topic.always_having_sql)
    terms = Terms(topic.name if topic else None, having, LEFT_JOINS in resolver.model.features)
    for stored in candidates:
        found = prove(question, stored, terms)
        if found is not None:
            return Rewritten(found, stored.view)
    return None


def _rollups_of(base: str, resolver: Resolver) -> tuple[StoredRollup, ...]:
    """Read the rollup tables of a base view once for a model, the coarsest first."""
    model = resolver.model
    key = ("rollups", base, resolver.context.dialect.name, resolver.week_start)
    known: tuple[StoredRollup, ...] | None = model.derived.get(key)
    if known is None:
        found = (
            stored_rollup(view, view.rollup, resolver)
            for view in model.views.values()
            if view.rollup is not None
            and view.rollup.base_view == base
            and view.alias_of is None
            and not view.ignored
            and _means_the_same(view.rollup, model)
        )
        known = tuple(_coarsest_first([one for one in found if one is not None], model))
        model.derived[key] = known
    return known


def _means_the_same(rollup: Rollup, model: Model) -> bool:
    """Tell whether fields mean here what they mean to the rollup, whose topic may change views."""
    topic = model.topics.get(rollup.topic) if rollup.topic is not None else None
    return topic is None or not topic.views or model_outside(model) is not model


def _coarsest_first(found: list[StoredRollup], model: Model) -> list[StoredRollup]:
    """Order by the warehouse's row counts where it knows them all, else by the declared grain."""
    counts = {
        one.view: model.catalog.row_counts.get(table_key(model.views[one.view], model.catalog))
        for one in found
    }
    if all(count is not None for count in counts.values()):
        return sorted(found, key=lambda one: (counts[one.view] or 0, one.coarseness))
    return sorted(found, key=lambda one: one.coarseness)
