"""A query of a composite topic: its members' answers, joined on the dimensions they share."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from sqlglot import exp

from holoscope.kit.errors import Forbidden, InvalidQuery, NoSuchField
from holoscope.modeling.composites import CompositeTopic, Unrelated
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import weekday_index
from holoscope.query.build import build
from holoscope.query.built import Built
from holoscope.query.composites.fields import Column, Fields, Measured, Selected, Shared, check_alike
from holoscope.query.composites.join import Joined, join_answers
from holoscope.query.composites.members import Answer, Member, ask
from holoscope.query.composites.visible import composite_is_visible, visible_members
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Context, Target
from holoscope.query.generate import limited
from holoscope.query.plan.node import Output
from holoscope.query.resolved import ResolvedMeasure
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import FieldFilter, NullSort, QuerySpec, Sort
from holoscope.sql.dialect import Dialect
from holoscope.sql.markers import wall_clock
from holoscope.sql.quoting import output
from holoscope.sql.trees import atom, copy_of

_SERVED = {
    "fields", "table", "topic", "filters", "sorts", "limit_rows", "offset_rows", "labels", "sql",
    "references", "column_limit", "summaries",
}  # fmt: skip
_WORDS = {
    "compared": "period_over_period_computations",
    "totals": "column_totals",
    "group_by": "default_group_by",
    "join_via": "join_via_map",
    "any_of": "controls",
}


@dataclass(frozen=True, slots=True)
class CompositeBuilt:
    """The one SELECT of the query, its columns in order, and what naming its result needs."""

    tree: exp.Select | None
    outputs: tuple[str, ...]
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    topics: tuple[str, ...]
    rollups: tuple[str, ...]
    depends_on_now: bool


def find_composite(spec: QuerySpec, model: Model, scope: Scope) -> CompositeTopic | None:
    """Give the composite topic a query asks, None when it asks none that exists for this asker.

    Raises:
        Forbidden: the asker may not query topics.
    """
    composite = model.composite_topics.get(spec.topic) if spec.topic is not None else None
    if composite is None:
        return None
    if not scope.may(Permission.QUERY_TOPICS):
        raise Forbidden("Permission denied")
    return composite if composite_is_visible(composite, model, scope) else None


def build_composite(
    spec: QuerySpec,
    composite: CompositeTopic,
    model: Model,
    scope: Scope,
    dialect: Dialect,
    *,
    now: datetime,
    time_zone: str,
) -> CompositeBuilt:
    """Build a query of a composite topic.

    Raises:
        Forbidden, InvalidQuery, NoSuchField: as for a query of a topic; and for what cannot be
            computed exactly over several topics.
    """
    if not spec.fields:
        raise InvalidQuery("The query asks for no fields: put at least one name into query.fields.")
    _refuse(spec)
    context = Context(dialect, Clockwork.at(now, time_zone, weekday_index(model.week_start_day)), scope)

    def ask_topic(member: QuerySpec) -> Built:
        asked = replace(member, references=spec.references)
        return build(asked, model, scope, dialect, now=now, time_zone=time_zone)

    visible = visible_members(composite, model, scope)
    known = Fields(composite, visible, model, ask_topic, dialect)
    return _Builder(spec, composite, visible, known, context).build()


def _refuse(spec: QuerySpec) -> None:
    """Refuse what a query may say but no composite topic computes yet, whatever is added to queries."""
    plain = QuerySpec(fields=())
    for item in fields(spec):
        if item.name not in _SERVED and getattr(spec, item.name) != getattr(plain, item.name):
            raise InvalidQuery(
                f"A composite topic does not compute query.{_WORDS.get(item.name, item.name)} yet: "
                "remove it, or ask one of its topics."
            )


@dataclass(slots=True)
class _Builder:
    """Builds one query. One instance per query; nothing outlives it."""

    spec: QuerySpec
    composite: CompositeTopic
    visible: tuple[str, ...]
    known: Fields
    context: Context
    dimensions: list[Shared] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def build(self) -> CompositeBuilt:
        asked = [self._read(name) for name in self.spec.fields]
        measured = (self._measured(item) for item in self.spec.filters)
        conditions = [one for one in measured if one is not None]
        sorts = [self._sort(sort) for sort in self.spec.sorts]
        selected = [item for item in asked if item is not None]
        if not selected:
            return CompositeBuilt(None, (), (), tuple(self.missing), (), (), False)
        self._take_part()
        self._filter_rows()
        flags = self._unrelated()
        for found in sorts:
            self._note_order(found)
        answers = [ask(member, self.known.build, sorted(flags)) for member in self.members.values()]
        joined = join_answers(answers, flags)
        columns = [self._column(item, answers) for item in selected]
        outputs = self._outputs(selected, columns, joined)
        select = joined.select
        select.set("expressions", [output(item.value, item.name) for item in outputs])
        self._finish(select, conditions, sorts, selected, joined)
        return CompositeBuilt(
            tree=select,
            outputs=tuple(item.name for item in outputs),
            columns=tuple(columns),
            missing=tuple(self.missing),
            topics=tuple(self.members),
            rollups=tuple(one.built.rollup for one in answers if one.built.rollup),
            depends_on_now=bool(self.context.clock.reads) or any(one.built.depends_on_now for one in answers),
        )

    # -- names ------------------------------------------------------------------------

    def _read(self, name: str) -> Selected | None:
        """Read a selected name; one that means nothing for this asker is missing."""
        found = self.known.read(name)
        if found is None:
            self.missing.append(name)
            return None
        if isinstance(found, Shared):
            if found not in self.dimensions:
                self.dimensions.append(found)
            return found
        self._need(found)
        return found

    def _need(self, found: Measured) -> None:
        for topic, name in found.reads:
            member = self.members.setdefault(topic, Member(topic))
            if name not in member.measures:
                member.measures.append(name)

    def _measured(self, item: FieldFilter) -> tuple[Measured, FieldFilter] | None:
        """Read a filter on a measure: it chooses among the joined rows."""
        found = self.known.read(item.field, filtered=True)
        if not isinstance(found, Measured):
            return None
        self._need(found)
        return found, item

    def _sort(self, sort: Sort) -> Selected:
        found = self.known.read(sort.column_name.removesuffix("__raw"))
        if found is None:
            raise NoSuchField(sort.column_name)
        if isinstance(found, Measured):
            self._need(found)
        elif found not in self.dimensions:
            raise InvalidQuery(
                f'"{sort.column_name}" is not selected: a composite topic is sorted by selected dimensions '
                "and by measures."
            )
        return found

    # -- members ----------------------------------------------------------------------

    def _take_part(self) -> None:
        """Choose the members: those with selected fields; all that know a dimension where none has any."""
        for shared in self.dimensions:
            if shared.topic:
                self.members.setdefault(shared.topic, Member(shared.topic))
        if self.composite.always_join_all_topics:
            chosen = set(self.visible)
        elif self.members:
            chosen = set(self.members)
        else:
            chosen = {topic for shared in self.dimensions for topic in shared.fields}
        self.members = {
            topic: self.members.get(topic, Member(topic)) for topic in self.visible if topic in chosen
        }
        for number, shared in enumerate(self.dimensions):
            for topic, member in self.members.items():
                if topic in shared.fields:
                    member.dimensions[number] = shared.fields[topic]
        for topic in [one.topic for one in self.members.values() if not one.dimensions and not one.measures]:
            del self.members[topic]

    def _unrelated(self) -> frozenset[int]:
        """Say for which dimensions a column tells the members apart that do not know them.

        Raises:
            InvalidQuery: such dimensions may only be filtered here.
        """
        lacking: set[int] = set()
        for number, shared in enumerate(self.dimensions):
            without = [topic for topic, member in self.members.items() if number not in member.dimensions]
            if without and self.composite.unrelated is Unrelated.FILTER_ONLY:
                raise InvalidQuery(
                    f'"{shared.name}" is not known to the topic "{without[0]}": select it without fields of '
                    "that topic, or set unrelated_dimension_handling to null_fill or repeat."
                )
            if without:
                lacking.add(number)
        return frozenset(lacking) if self.composite.unrelated is Unrelated.NULL_FILL else frozenset()

    def _filter_rows(self) -> None:
        """Give each member the conditions on its rows: those on shared things go to every member."""
        for item in self.spec.filters:
            found = self.known.read(item.field, filtered=True)
            if found is None and not item.ignore_if_unjoinable:
                raise NoSuchField(item.field)
            if not isinstance(found, Shared):
                continue
            for topic, member in self.members.items():
                name = found.fields.get(topic)
                if name is not None:
                    member.filters.append(replace(item, field=name))
                elif not found.topic and not item.ignore_if_unjoinable:
                    raise InvalidQuery(
                        f'The filter on "{item.field}" cannot hold for the topic "{topic}", which does not '
                        "know it: filter the other topics by their own fields."
                    )

    def _note_order(self, found: Selected) -> None:
        if not isinstance(found, Shared):
            return
        number = self.dimensions.index(found)
        for member in self.members.values():
            if number in member.dimensions and number not in member.ordered:
                member.ordered.append(number)

    # -- the joined rows ----------------------------------------------------------------

    def _column(self, item: Selected, answers: list[Answer]) -> Column:
        if isinstance(item, Measured):
            return item.column
        number = self.dimensions.index(item)
        known = [one.dimensions[number] for one in answers if number in one.dimensions]
        check_alike(item.name, known)
        # A time of day in one topic makes a time of what is a date in another.
        chosen = next((one for one in known if not one.value.type.date_only), known[0])
        return item.column(chosen)

    def _outputs(self, selected: list[Selected], columns: list[Column], joined: Joined) -> list[Output]:
        """Result columns in the order asked; texts of formatted values come after all others."""
        outputs: list[Output] = []
        texts: list[Output] = []
        for item, column in zip(selected, columns, strict=True):
            value = self._value(item, joined)
            style = _style(column)
            outputs.append(Output(f"{item.name}__raw" if style else item.name, value))
            if style:
                texts.append(Output(item.name, self._text(column, copy_of(value), style)))
        return [*outputs, *texts]

    def _text(self, column: Column, value: exp.Expr, style: str) -> exp.Expr:
        if isinstance(column, ResolvedMeasure) and column.type.has_zone:
            value = wall_clock(value, self.context.clock.zone, has_zone=True)
        return self.context.dialect.format_time(value, style)

    def _value(self, item: Selected, joined: Joined) -> exp.Expr:
        if isinstance(item, Shared):
            return joined.keys[self.dimensions.index(item)].copy()
        return item.over(joined.measures)

    def _finish(
        self,
        select: exp.Select,
        conditions: list[tuple[Measured, FieldFilter]],
        sorts: list[Selected],
        selected: list[Selected],
        joined: Joined,
    ) -> None:
        """Filter the joined rows by measures, sort and limit them."""
        predicates = []
        for found, item in conditions:
            kind = found.column.type
            target = Target(
                item.field, atom(found.over(joined.measures)), kind, keep_nulls=False, shifted=kind.has_zone
            )
            predicate = build_predicate(item.condition, target, self.context)
            if predicate is not None:
                predicates.append(predicate)
        if predicates:
            select.set("where", exp.Where(this=exp.and_(*predicates, copy=False)))
        terms = [
            self._ordered(sort, found, joined) for sort, found in zip(self.spec.sorts, sorts, strict=True)
        ]
        if terms:
            select.set("order", exp.Order(expressions=terms))
        limited(select, self.spec.limit_rows, self.spec.offset_rows)

    def _ordered(self, sort: Sort, found: Selected, joined: Joined) -> exp.Expr:
        if isinstance(found, Shared):
            number = self.dimensions.index(found)
            value = (joined.orders.get(number) or joined.keys[number]).copy()
        else:
            value = found.over(joined.measures)
        first = {NullSort.FIRST: True, NullSort.LAST: False, NullSort.OMNI_DEFAULT: not sort.descending}
        return exp.Ordered(this=value, desc=sort.descending, nulls_first=first.get(sort.nulls))


def _style(column: Column) -> str | None:
    """Say how a value is also written as text, None when it is not."""
    if isinstance(column, ResolvedMeasure):
        return "timestamp" if column.is_time else None
    return column.grain.name if column.formatted is not None and column.grain is not None else None
