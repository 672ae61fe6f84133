"""One plan for each period of a comparison: the same query with its dates moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.modeling.conditions import Composite, Condition
from holoscope.modeling.fields import Dimension
from holoscope.query.comparing.period import Period, periods_of, window
from holoscope.query.resolve import Resolver
from holoscope.query.spec import QuerySpec

if TYPE_CHECKING:
    from holoscope.query.built import Built


def build_periods(spec: QuerySpec, resolver: Resolver, build: Callable[[Period], Built]) -> Built:
    """Build the plan of the current period, and beside it those of the others.

    Raises:
        InvalidQuery: a date field is not filtered by a period, or the query asks what periods do not have.
        NoSuchField: a date field does not exist for the asker.
    """
    if spec.row_totals:
        raise InvalidQuery("Periods are compared, not added up: remove query.row_totals.")
    if spec.fill_fields:
        raise InvalidQuery(
            "This server does not fill rows beside compared periods: remove query.fill_fields."
        )
    names = {name: _date_field(name, resolver) for name in spec.compared.fields}
    if any(_named(item.field, resolver) in names.values() for group in spec.any_of for item in group):
        raise InvalidQuery("Alternatives across fields cannot be on a date field whose periods are compared.")
    clock = resolver.context.clock
    filters: dict[str, Condition] = {}
    for item in spec.filters:
        name = _named(item.field, resolver)
        if name in names.values():
            known = filters.get(name)
            filters[name] = item.condition if known is None else Composite("AND", (known, item.condition))
    for name in names.values():
        window(name, filters.get(name), clock)
    periods = periods_of(spec.compared.earlier, names, filters, clock)
    first, *others = (build(period) for period in periods)
    first.beside = tuple(other.plan for other in others)
    first.depends_on_now = first.depends_on_now or any(other.depends_on_now for other in others)
    first.periods = {period.name: period.label for period in periods}
    return first


def _date_field(name: str, resolver: Resolver) -> str:
    found = resolver.lookup.find(name.removesuffix("[raw]"))
    if not isinstance(found, Dimension):
        raise NoSuchField(name)
    return found.qualified_name


def _named(name: str, resolver: Resolver) -> str:
    found = resolver.lookup.find(name.removesuffix("[raw]"))
    return found.qualified_name if isinstance(found, Dimension) else ""
