"""What rows and groups of a query must meet: its own filters, and what its topic demands of every query."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoJoinPath, NoSuchField
from holoscope.modeling.conditions import Condition
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.references import qualified
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.topics import Topic
from holoscope.query.any_of import any_of
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Target
from holoscope.query.inherited_masks import shown_measure
from holoscope.query.relax import Where, filtered_name
from holoscope.query.resolve import Resolver
from holoscope.query.security import row_rules
from holoscope.query.source import Source, require_usual_joins
from holoscope.query.spec import FieldFilter, QuerySpec
from holoscope.query.targets import target_of
from holoscope.query.value import is_inner


@dataclass(slots=True)
class Restrictions:
    """Collects the conditions of one query: `where` is about rows, `having` about groups."""

    spec: QuerySpec
    resolver: Resolver
    source: Source
    where: list[Where] = field(default_factory=list)
    having: list[exp.Expr] = field(default_factory=list)

    def announce(self) -> None:
        """Tell the resolver the query's own filters, which filters of measures may refer to."""
        for item in self.spec.filters:
            name = self._filtered(item.field)
            if name is not None:
                self.resolver.query_filters[name] = item.condition

    def collect(self) -> None:
        """Compile every condition.

        Raises:
            NoSuchField, NoJoinPath: a filter is about what is not here. Forbidden: a row rule cannot be kept.
            InvalidQuery: a condition means nothing for its field, or a rule could be got around.
        """
        for item in self.spec.filters:
            if item.field.lower() not in self.spec.added:
                self._filter(item)
        for group in self.spec.any_of:
            self._either(group)
        if self.source.topic is not None:
            self._demand(self.source.topic)

    def _filtered(self, name: str) -> str | None:
        """Give the name under which measures cancel a filter on a dimension."""
        base, word = split_grain(name)
        found = self.resolver.lookup.find(base)
        if not isinstance(found, Dimension):
            return None
        return filtered_name(f"{found.qualified_name}[{word}]" if word else found.qualified_name)

    def _filter(self, item: FieldFilter) -> None:
        base, _ = split_grain(item.field)
        direct = not item.required
        found = self.resolver.lookup.find(base, direct=direct) or self.resolver.lookup.find_filter(
            base, direct=direct
        )
        if item.ignore_if_unjoinable and (found is None or found.view not in self.source.tree):
            return
        if found is None:
            self.resolver.lookup.require(base)
        if isinstance(found, Measure):
            self._of_groups(found, item.condition, masked=not item.authored)
        elif not isinstance(found, FilterField):
            target, views = target_of(self.resolver, item.field, direct=direct, masked=not item.authored)
            target = replace(target, back=self.resolver.back(_point_in_time(found, item.field)))
            self._of_rows((target, views), item.condition, self._filtered(item.field))
        elif found.view not in self.source.tree:
            raise NoJoinPath(self.source.tree.base, found.view)

    def _either(self, group: tuple[FieldFilter, ...]) -> None:
        found = any_of(group, self.resolver, self.source.tree)
        if found is None:
            return
        predicate, views, about_groups = found
        if about_groups:
            self.having.append(predicate)
        else:
            self.where.append(Where(predicate, views))

    def _of_rows(
        self, about: tuple[Target, frozenset[str]], condition: Condition, field: str | None = None
    ) -> None:
        target, views = about
        predicate = build_predicate(condition, target, self.resolver.context)
        if predicate is not None:
            self.where.append(Where(predicate, views, field))

    def _of_groups(self, found: Measure, condition: Condition, *, masked: bool = False) -> None:
        tree, kind = shown_measure(self.resolver, found) if masked else self.resolver.measure_tree(found)
        target = Target(found.qualified_name, tree, kind, keep_nulls=False, shifted=kind.has_zone)
        predicate = build_predicate(condition, target, self.resolver.context)
        if predicate is not None:
            self.having.append(predicate)

    def _demand(self, topic: Topic) -> None:
        """Add what the topic demands of every query; rules of access come from the asker's scope."""
        resolver = self.resolver
        for predicate, views in row_rules(topic, resolver.model, resolver):
            if any(map(is_inner, views)):
                raise InvalidQuery(
                    f'Topic "{topic.name}" restricts rows by a field that is computed from rows: '
                    "an access filter needs a field without level_of_detail and dynamic_top_n."
                )
            self.where.append(Where(predicate, views, of_access=True))
        for name, condition in topic.always_where_filters.items():
            if resolver.lookup.find_filter(name, direct=False) is None:
                self._of_rows(target_of(resolver, self._of_base(name), direct=False), condition)
        if topic.always_where_sql is not None:
            value = resolver.expression(topic.always_where_sql, topic.base_view)
            self.where.append(Where(exp.Paren(this=value.tree), value.views))
        rules = (item.views for item in self.where if item.field is None)
        require_usual_joins(self.source, frozenset().union(*rules), resolver)
        for name, condition in topic.always_having_filters.items():
            found = resolver.lookup.find(self._of_base(name), direct=False)
            if not isinstance(found, Measure):
                raise NoSuchField(name)
            self._of_groups(found, condition)
        if topic.always_having_sql is not None:
            rule = Measure(topic.base_view, "always_having_sql", topic.position, sql=topic.always_having_sql)
            self.having.append(resolver.measure_tree(rule)[0])

    def _of_base(self, name: str) -> str:
        return qualified(name, self.source.tree.base)


def _point_in_time(found: Dimension | None, name: str) -> str:
    """Give the name of a field that is filtered as it is, "" of one at a timeframe."""
    return "" if found is None or split_grain(name)[1] not in (None, "raw") else found.qualified_name
