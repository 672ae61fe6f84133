"""What one query asks, as templates may look at it (modeling digest §14.1).

A field is *selected* when the query's fields name it, *filtered* when a filter of the query or a demand
of its topic restricts it, and *in the query* when it is either or sorted by. A view is in the query when
one of its fields is, or is named by the SQL of one that is, or when it is joined on the way to such a
view. SQL counts as it is written, every branch of it, so that no answer depends on another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import Anything, Composite, Condition
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.references import find_references, qualified
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.topics import Topic
from holoscope.query.grants import grants_hold
from holoscope.query.joins import JoinTree
from holoscope.query.lookup import AnyField, find_field
from holoscope.query.scope import Scope
from holoscope.query.spec import QuerySpec


class Asked:
    """One query's own words, their names settled. Nothing is worked out before a template needs it."""

    def __init__(
        self,
        model: Model,
        spec: QuerySpec,
        topic: Topic | None,
        tree: JoinTree | None,
        moved: str = "",
        *,
        scope: Scope | None = None,
    ) -> None:
        """Take the query; without a `tree` it is an example that stands for any query.

        The filter on the field `moved` holds for another period than the one it names. What the query
        says about fields that are hidden from `scope` is not said, nor are its conditions on fields of
        which `scope` sees digests; None is the model's own author.
        """
        self._moved = moved
        self._scope = scope
        self.model = model
        self.spec = spec
        self._topic = topic
        self._tree = tree

    @property
    def is_example(self) -> bool:
        """No query at all: whatever only a query could say is NULL."""
        return self._tree is None

    def condition(self, found: AnyField) -> Condition | None:
        """Give the condition on a field, a filter-only field's default included; None restricts nothing."""
        if self._moved and self._moved in (found.qualified_name, self._bound(found)):
            raise InvalidQuery(
                f'Templates and bound filters read the filter on "{self._moved}", which period over period '
                "moves, and this server does not move it there: compare the periods in queries of their own."
            )
        sent = self._conditions.get(found.qualified_name)
        if sent is None and isinstance(found, FilterField):
            followed = find_field(self.model, found.bind) if found.bind else None
            sent = self._conditions.get(followed.qualified_name) if followed else None
            sent = found.default_filter if sent is None else sent
        return None if isinstance(sent, Anything) else sent

    def _bound(self, found: AnyField) -> str:
        bound = find_field(self.model, found.bind) if isinstance(found, FilterField) and found.bind else None
        return "" if bound is None else bound.qualified_name

    def is_selected(self, view: str, field: str) -> bool:
        return self._holds(self._selected, view, field)

    def is_filtered(self, view: str, field: str) -> bool:
        """Tell whether a condition is in force on a field, or asked of any field of the view.

        The default of a filter-only field is in force, but nobody asked for it.
        """
        if self._holds(self._filtered, view, field):
            return True
        found = find_field(self.model, f"{view}.{field}")
        return isinstance(found, FilterField) and self.condition(found) is not None

    def is_in_query(self, view: str, field: str) -> bool:
        if not field:
            return view in self._views
        named = self._holds(self._selected | self._sorted, view, field)
        return named or self.is_filtered(view, field)

    @staticmethod
    def _holds(names: Iterable[str], view: str, field: str) -> bool:
        if field:
            return f"{view}.{field}" in names
        return any(name.partition(".")[0] == view for name in names)

    @cached_property
    def _conditions(self) -> dict[str, Condition]:
        """The query's own conditions by field, those about a grain left out."""
        conditions: dict[str, Condition] = {}
        for written, condition in self._written():
            base, grain = split_grain(written)
            name = self._name(base)
            if name is None or (grain is not None and grain != "raw"):
                continue
            known = conditions.get(name)
            conditions[name] = condition if known is None else Composite("AND", (known, condition))
        return conditions

    def _written(self) -> Iterator[tuple[str, Condition]]:
        for item in self.spec.filters:
            found = find_field(self.model, split_grain(item.field)[0])
            is_shown = found is not None and self._may_name(found) and not self._is_masked(found)
            if item.required or is_shown:
                yield item.field, item.condition
        for name, condition in self._topic.always_where_filters.items() if self._topic else ():
            if isinstance(find_field(self.model, name), FilterField):
                yield name, condition

    @cached_property
    def _selected(self) -> frozenset[str]:
        return self._sent(self.spec.fields)

    @cached_property
    def _sorted(self) -> frozenset[str]:
        return self._sent(sort.column_name.removesuffix("__raw") for sort in self.spec.sorts)

    @cached_property
    def _filtered(self) -> frozenset[str]:
        sent = chain(self.spec.filters, *self.spec.any_of)
        restricting = [item for item in sent if not isinstance(item.condition, Anything)]
        required = (item.field for item in restricting if item.required)
        return self._sent(item.field for item in restricting) | self._names((*required, *self._demanded()))

    def _demanded(self) -> Iterator[str]:
        topic = self._topic
        if topic is None:
            return
        rules = self.model.access_filters_of(topic)
        names = (*topic.always_where_filters, *topic.always_having_filters, *(rule.field for rule in rules))
        for name in names:
            yield qualified(name, topic.base_view)

    def _sent(self, names: Iterable[str]) -> frozenset[str]:
        """Settle names that the query itself says."""
        found = (find_field(self.model, split_grain(name)[0]) for name in names)
        return frozenset(item.qualified_name for item in found if item is not None and self._may_name(item))

    def _may_name(self, found: AnyField) -> bool:
        if self._scope is None:
            return True
        required = self.model.views[found.view].required_access_grants
        return all(
            grants_hold(grants, self.model, self._scope)
            for grants in (required, found.required_access_grants)
        )

    def _is_masked(self, found: AnyField, inside: tuple[AnyField, ...] = ()) -> bool:
        """Tell whether the asker sees digests of a field: by its own mask, else by those of what it names."""
        if self._scope is None or isinstance(found, FilterField) or found in inside:
            return False
        own = found.mask_unless_access_grants
        if own is not None:
            return not grants_hold(own, self.model, self._scope)
        read = (find_field(self.model, name) for name in _named_by(found))
        return any(self._is_masked(item, (*inside, found)) for item in read if item is not None)

    def _names(self, names: Iterable[str]) -> frozenset[str]:
        settled = (self._name(split_grain(name)[0]) for name in names)
        return frozenset(name for name in settled if name is not None)

    def _name(self, name: str) -> str | None:
        found = find_field(self.model, name)
        return None if found is None else found.qualified_name

    # -- views ------------------------------------------------------------------------

    @cached_property
    def _views(self) -> frozenset[str]:
        """Views of the fields in the query, of what their SQL names, and on the way to these."""
        seen: set[str] = set()
        pending = [*self._selected, *self._sorted, *self._filtered]
        if self._topic is not None:
            pending += _named_in(self._topic.always_where_sql, self._topic.base_view)
            pending += _named_in(self._topic.always_having_sql, self._topic.base_view)
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            found = find_field(self.model, name)
            if found is not None:
                pending += _named_by(found)
                seen.add(found.qualified_name)
        return frozenset(self._with_hops({name.partition(".")[0] for name in seen}))

    def _with_hops(self, views: set[str]) -> set[str]:
        tree = self._tree
        if tree is None:
            return views
        pending = [view for view in views if view in tree]
        while pending:
            for edge in tree.path(pending.pop()):
                relationship = edge.relationship
                read = (
                    *_named_in(relationship.on_sql, edge.parent),
                    *_named_in(relationship.where_sql, edge.parent),
                )
                ends = {name.partition(".")[0] for name in read} - {tree.base}
                fresh = ({edge.child} | {view for view in ends if view in tree}) - views
                views |= fresh
                pending.extend(fresh)
        return views


class AskedInSql(Asked):
    """What a query of hand-written SQL asks: its filters and fields, over no view in particular."""

    @property
    def is_example(self) -> bool:
        return False


def example_of(model: Model) -> Asked:
    """Stand for a query that nobody asks: for listing fields and their types."""
    return Asked(model, QuerySpec(()), None, None)


def _named_by(found: AnyField) -> list[str]:
    """Names that a field's own SQL, filters and details hold, as written."""
    if isinstance(found, FilterField):
        return []
    named = _named_in(found.sql, found.view)
    if found.level_of_detail is not None:
        named += found.level_of_detail.fields
    if isinstance(found, Measure):
        named += (*found.filters, *_named_in(found.custom_primary_key_sql, found.view))
    else:
        named += _named_by_dimension(found)
    return [qualified(split_grain(name)[0], found.view) for name in named]


def _named_by_dimension(found: Dimension) -> list[str]:
    named = [] if found.order_by_field is None else [found.order_by_field]
    if found.duration is not None:
        named += _named_in(found.duration.sql_start, found.view) + _named_in(
            found.duration.sql_end, found.view
        )
    if found.dynamic_top_n is not None:
        named.append(found.dynamic_top_n.by)
    return named


def _named_in(sql: str | None, view: str) -> list[str]:
    if sql is None:
        return []
    return [f"{item.view or view}.{item.name}" for item in find_references(sql) if item.name]
