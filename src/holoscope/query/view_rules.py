"""Whose rows of views somebody sees who names views and no topic (docs/decisions/0065)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.kit.errors import Forbidden, InvalidQuery, NoJoinPath
from holoscope.modeling.calendars import field_of_copy
from holoscope.modeling.model import Model
from holoscope.modeling.references import qualified
from holoscope.modeling.topics import Topic
from holoscope.query.calendars import with_calendars
from holoscope.query.grants import topic_is_visible
from holoscope.query.inside import model_inside
from holoscope.query.joins import Edge, JoinTree, tree_of_topic
from holoscope.query.kin import has_same_rows, kin_of, model_with_copy
from holoscope.query.relax import Where
from holoscope.query.resolve import Resolver
from holoscope.query.security import called, row_rules
from holoscope.query.value import is_inner

Rules = list[tuple[exp.Expr, frozenset[str]]]


def rules_of_views(read: Iterable[str], tree: JoinTree, resolver: Resolver) -> list[Where]:
    """Give what the rows of a query without a topic must meet, for each of the views that it reads.

    Raises:
        Forbidden: every topic that shows a view needs an attribute that is not set.
        InvalidQuery: a rule about a view cannot be said of it alone.
    """
    model = resolver.model
    if not _restricts(model):
        return []
    rules = _Rules(tree, model, resolver)
    found = rules.of(tree.base)
    for view in sorted(set(read) - {tree.base}):
        if view in model.views and field_of_copy(view) is None and not rules.comes_with_base(view):
            found += rules.of(view)
    return found


def _restricts(model: Model) -> bool:
    """Tell whether any topic has access filters; looked up once for a model."""
    known: bool | None = model.derived.get("restricts")
    if known is None:
        known = model.derived["restricts"] = any(
            model.access_filters_of(topic) for topic in model.topics.values()
        )
    return known


@dataclass(frozen=True, slots=True)
class _Rules:
    """Works the rules of the views of one query out; `tree` has the joins of the query."""

    tree: JoinTree
    model: Model
    resolver: Resolver

    def of(self, view: str) -> list[Where]:
        """Give the rules of one view: those of the nearest topics that say how its rows are shown.

        These are the topics that begin with the view, else those that begin with its kin, else those that
        join the view, else those that join its kin. Without any of these there is no rule.
        """
        kin = kin_of(view, self.model)
        tiers = (
            [(topic, view) for topic in self._beginning(view)],
            [(topic, name) for name in kin for topic in self._beginning(name)],
            [(topic, view) for topic in self._joining(view)],
            [(topic, name) for name in kin for topic in self._joining(name)],
        )
        return self._any(view, next((tier for tier in tiers if tier), []))

    def comes_with_base(self, view: str) -> bool:
        """Tell whether the topics that show the base's rows show this view's beside them, joined alike."""
        over = self._beginning(self.tree.base)
        free = [topic for topic in over if self._shows_all(topic)]
        if free:
            return any(self._joins_alike(topic, view) for topic in free)
        return bool(over) and all(self._joins_alike(topic, view) for topic in over)

    # -- topics -------------------------------------------------------------------------

    def _beginning(self, view: str) -> list[Topic]:
        """Give the topics that begin with a view, those alone that exist for the asker, if any do."""
        scope = self.resolver.context.scope
        over = [topic for topic in self.model.topics.values() if topic.base_view == view]
        return [topic for topic in over if topic_is_visible(topic, self.model, scope)] or over

    def _joining(self, view: str) -> list[Topic]:
        """Give the topics of the asker that join a view."""
        scope = self.resolver.context.scope
        return [
            topic
            for topic in self.model.topics.values()
            if topic_is_visible(topic, self.model, scope) and view in _views_of(topic, self.model)
        ]

    def _shows_all(self, topic: Topic) -> bool:
        values = self.resolver.context.scope.attributes
        return all(
            not set(values.get(rule.user_attribute, ())).isdisjoint(rule.values_for_unfiltered)
            for rule in self.model.access_filters_of(topic)
        )

    def _joins_alike(self, topic: Topic, view: str) -> bool:
        way = _way(view, _usual(topic, self.model))
        return way is not None and way == _way(view, self.tree)

    # -- rules --------------------------------------------------------------------------

    def _any(self, view: str, shown: Sequence[tuple[Topic, str]]) -> list[Where]:
        """Let a row through that one of the topics shows, each knowing the view under its own name."""
        if not shown or any(self._shows_all(topic) for topic, _ in shown):
            return []
        ways: list[tuple[exp.Expr, frozenset[str]]] = []
        refusal: Forbidden | None = None
        for topic, name in shown:
            try:
                rules = self._rules(view, topic, name)
            except Forbidden as error:  # this topic shows no rows; another may
                refusal = error
                continue
            read = frozenset().union(*(views for _, views in rules))
            ways.append((exp.and_(*(rule for rule, _ in rules), copy=False), read))
        if not ways:
            raise refusal or Forbidden("Permission denied")
        read = frozenset().union(*(views for _, views in ways))
        either = exp.or_(*(exp.Paren(this=way) for way, _ in ways), copy=False)
        return [Where(exp.Paren(this=either) if len(ways) > 1 else either, read, of_access=True)]

    def _rules(self, view: str, topic: Topic, name: str) -> Rules:
        """Give the rules of a topic as conditions on a view that it knows as `name`."""
        inside = model_inside(self.model, topic)
        if name == view and topic.base_view == view:
            rules = row_rules(topic, inside, self._looking_at(inside))
            usual = _usual(topic, self.model)
            if any(not self._is_same_way(view, read, usual) for _, views in rules for read in views):
                raise self._cannot_say(view, topic)
            return rules
        fields = [qualified(rule.field, topic.base_view) for rule in self.model.access_filters_of(topic)]
        if any(field.partition(".")[0] != name for field in fields):
            raise self._cannot_say(view, topic)
        if name != view:
            one, other = (inside.views.get(item) for item in (view, name))
            if one is None or other is None:
                raise self._cannot_say(view, topic)
            if has_same_rows(one, other, inside):
                inside = model_with_copy(view, name, inside)
        filters = tuple(
            replace(rule, field=f"{view}.{field.partition('.')[2]}")
            for rule, field in zip(self.model.access_filters_of(topic), fields, strict=True)
        )
        resolver = self._looking_at(inside)
        if any(resolver.lookup.find(rule.field, direct=False) is None for rule in filters):
            raise self._cannot_say(view, topic)
        rules = row_rules(replace(topic, access_filters=filters), inside, resolver)
        if any(views != {view} for _, views in rules):
            raise self._cannot_say(view, topic)
        return rules

    def _looking_at(self, model: Model) -> Resolver:
        return replace(self.resolver.afresh(), model=model)

    def _cannot_say(self, view: str, topic: Topic) -> InvalidQuery:
        named = called(topic, self.model, self.resolver.context.scope)
        return InvalidQuery(
            f'"{view}" is restricted by {named} in a way that holds there alone: ask the topic, or let '
            f"a topic begin with {view}."
        )

    def _is_same_way(self, view: str, read: str, usual: JoinTree) -> bool:
        """Tell whether the query reaches what a rule reads from `view` by the joins of the topic."""
        if is_inner(read):
            return False
        start, asked, way = _way(view, self.tree), _way(read, self.tree), _way(read, usual)
        return start is not None and way is not None and asked == (*start, *way)


def _usual(topic: Topic, model: Model) -> JoinTree:
    key = ("usual", topic.name)
    known: JoinTree | None = model.derived.get(key)
    if known is None:
        known = with_calendars(tree_of_topic(topic, model), model_inside(model, topic))
        model.derived[key] = known
    return known


def _views_of(topic: Topic, model: Model) -> tuple[str, ...]:
    """Name the views of a topic; of one whose joins lead nowhere, its own alone."""
    try:
        return _usual(topic, model).views
    except NoJoinPath:
        return (topic.base_view,)


def _way(view: str, tree: JoinTree) -> tuple[Edge, ...] | None:
    return tree.path(view) if view in tree else None
