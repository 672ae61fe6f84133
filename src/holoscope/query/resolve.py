"""Names become expressions, as this asker sees the model: the resolver knows meaning.

A dimension resolves to one expression and the views it reads; a measure to an expression over
aggregate calls, which are collected so that the planner can decide how each is computed.
Sources: query digest §2.2, modeling digest §8, §9, §11, §18.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.kit.text import near
from holoscope.modeling.calendars import field_of_copy
from holoscope.modeling.columns import table_key
from holoscope.modeling.conditions import Anything, Condition, InQuery
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.references import qualified
from holoscope.modeling.templates import is_templated
from holoscope.modeling.timeframes import GRAINS, GrainKind, split_grain, weekday_index
from holoscope.modeling.types import Aggregate, ColumnType, DataType
from holoscope.modeling.views import View
from holoscope.query.aggregates import Call, literal_call
from holoscope.query.asked import AnyField, Asked, example_of, find_field
from holoscope.query.bands import band_label, band_order, is_banded
from holoscope.query.calendars import period_start, periods_of
from holoscope.query.comparing.period import Period
from holoscope.query.comparing.wire import PERIOD
from holoscope.query.durations import elapsed
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Context, QueryValues, Target
from holoscope.query.grants import grants_hold
from holoscope.query.inner import Inner, dimensionalized, inner_column, level_of_detail, top_values
from holoscope.query.lifting import check_aggregated, lift_aggregates
from holoscope.query.masks import (
    digest,
    is_masked,
    masks_behind,
    masks_of,
    masks_read,
    shown_measure,
    unless_masked,
)
from holoscope.query.ratios import as_ratios
from holoscope.query.relax import filtered_name
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure, Written
from holoscope.query.selects import columns_behind
from holoscope.query.subqueries import UNKNOWN_COLUMN, SubColumn, Subqueries, columns_of
from holoscope.query.templates import Section, apply_sections, fill, render
from holoscope.query.times import grain_of, value_at
from holoscope.query.types import NUMBER, STRING, UNKNOWN, type_of, word_of
from holoscope.query.value import Aggregation, Value, call_over, counted_views, is_inner
from holoscope.query.wall import shown_time, wall_of
from holoscope.sql.inference import infer_tree, infer_type
from holoscope.sql.markers import lower_markers
from holoscope.sql.marks import section_index
from holoscope.sql.parse import BadSql, parse_template, reference_index
from holoscope.sql.quoting import column, identifier
from holoscope.sql.trees import atom, cast, copy_of, replaced
from holoscope.sql.verbatim import is_verbatim, read_verbatim

_DEPTH = 50
_NOT_READ = Value(exp.null(), UNKNOWN, frozenset())


@dataclass(slots=True)
class Resolver:
    """Resolves the names of one query; collects aggregate calls in `calls`.

    `inside` names the views and queries that this query stands inside. With `stored_times`, times that no
    timeframe changes stay as they are stored, for the query around to show; one that `unmasks` leaves the
    masks of what it selects to the query around. `period` is the one it asks of several. `in_select` stands
    inside SQL written for a view, which knows no masks: there they hold at once. `reading` names the views
    that are looked at for no query.
    """

    model: Model
    context: Context
    week_start: int
    asked: Asked
    subqueries: Subqueries
    inside: tuple[str, ...] = ()
    stored_times: bool = False
    unmasks: bool = False
    in_select: bool = False
    calls: list[Call] = field(default_factory=list)
    query_filters: dict[str, Condition] = field(default_factory=dict)
    _call_index: dict[object, int] = field(default_factory=dict)
    _known: dict[object, Any] = field(init=False)
    _own: dict[object, Any] = field(default_factory=dict)
    _personal: int = 0
    reading: tuple[str, ...] = ()
    period: Period | None = None

    def __post_init__(self) -> None:
        """Share what expressions mean between queries: it depends on these facts and the model alone."""
        clock = self.context.clock
        facts = ("expressions", self.context.dialect.name, clock.zone, self.week_start, self.stored_times)
        self._known = self.model.derived.setdefault(facts, {})
        self.context = replace(
            self.context,
            open_query=self._open_query,
            alone=self.for_this_query_alone,
            example=self.asked.is_example,
        )

    def _open_query(self, condition: InQuery) -> QueryValues:
        self.for_this_query_alone()
        return self.subqueries.values(condition, self)

    # -- looking names up -------------------------------------------------------------

    def find(self, name: str, *, direct: bool = True) -> Dimension | Measure | None:
        """Find a field by `view.field`; old names (`aliases`) resolve after exact ones.

        `direct` use is subject to access grants; a field that another field refers to is not.
        """
        view_name, _, field_name = name.partition(".")
        view = self.find_view(view_name)
        if view is None or view.ignored or not field_name:
            return None
        found = view.dimensions.get(field_name) or view.measures.get(field_name)
        if found is None:
            found = next((item for item in view.fields if field_name in item.aliases), None)
        if found is None or found.ignored:
            return None
        if direct and not self._is_granted(view, found):
            return None
        return found

    def find_filter(self, name: str, *, direct: bool = True) -> FilterField | None:
        """Find a filter-only field by `view.field`, as `find` does."""
        found = find_field(self.model, name)
        if not isinstance(found, FilterField):
            return None
        view = self.model.views[found.view]
        return None if direct and not self._is_granted(view, found) else found

    def _is_granted(self, view: View, found: AnyField) -> bool:
        if field_of_copy(view.name) is not None:
            return False  # a calendar is read through the field that has it
        scope = self.context.scope
        return grants_hold(view.required_access_grants, self.model, scope) and grants_hold(
            found.required_access_grants, self.model, scope
        )

    def find_view(self, name: str) -> View | None:
        """Find a view by its name or an old one."""
        view = self.model.views.get(name)
        if view is not None:
            return view
        return next((item for item in self.model.views.values() if name in item.aliases), None)

    def require(self, name: str) -> Dimension | Measure:
        """As `find`, for a name that must exist.

        Raises:
            NoSuchField: with the nearest known names.
        """
        found = self.find(name)
        if found is None:
            raise NoSuchField(name, near=near(name, self._visible_names(name)))
        return found

    def _visible_names(self, name: str) -> list[str]:
        view = self.find_view(name.partition(".")[0])
        views = [view] if view is not None else list(self.model.views.values())[:200]
        return [
            item.qualified_name
            for owner in views
            for item in owner.fields
            if not item.hidden and not item.ignored and self._is_granted(owner, item)
        ]

    # -- dimensions -------------------------------------------------------------------

    def dimension(self, name: str, *, direct: bool = True) -> ResolvedDimension | None:
        """Resolve `view.field[grain]`; None when it is no dimension or the grain is illegal for it."""
        if self.period is not None and name.lower() == PERIOD:
            return self.period.dimension(name)
        base, word = split_grain(name)
        found = self.find(base, direct=direct)
        if not isinstance(found, Dimension):
            return None
        if word is not None and word.isdecimal():
            raw, word = self.top(found, int(word)), None
        else:
            raw = self.raw(found)
        if word is None:
            return unless_masked(
                self, ResolvedDimension(name, found, None, shown_time(self, raw), self._order_by(found))
            )
        grain = grain_of(self, found, raw, word)
        if grain is None:
            return None
        if self.period is not None:
            raw = self.period.aligned(found, grain, wall_of(self, raw), raw, self.context.dialect)
        value = value_at(self, raw, grain, found)
        sort = period_start(self, raw, grain, found)
        formatted = grain.formatted if sort is None else None
        if sort is None and grain.sorted_by is not None:
            sort = value_at(self, raw, GRAINS[grain.sorted_by], found)
        return unless_masked(self, ResolvedDimension(name, found, grain, value, sort, formatted))

    def _order_by(self, found: Dimension) -> Value | None:
        if found.order_by_field is None:
            if not is_banded(found):
                return None
            inner = self._stored(found, (found.qualified_name,))
            return replace(inner, tree=band_order(found, inner.tree, inner.type, self.context), type=NUMBER)
        return self.reference(qualified(found.order_by_field, found.view), found.view)

    @staticmethod
    def stored(tree: exp.Expr, kind: ColumnType) -> Value:
        """Take an expression as it is stored, untouched by zones."""
        return Value(tree, kind, frozenset())

    def duration_in(self, found: Dimension, unit: str, chain: tuple[str, ...]) -> Value:
        """Give the time a duration takes, in a unit."""
        if found.duration is None or found.qualified_name in chain:
            raise InvalidQuery(f'The duration "{found.qualified_name}" refers to itself.')
        chain = (*chain, found.qualified_name)
        start = self.expression(found.duration.sql_start, found.view, chain)
        end = self.expression(found.duration.sql_end, found.view, chain)
        tree = elapsed(found, (start.tree, start.type), (end.tree, end.type), unit, self.context.dialect)
        return Value(
            tree,
            NUMBER,
            start.views | end.views | {found.view},
            False,
            masks_of(found, start.masks | end.masks),
        )

    def week_start_of(self, found: Dimension) -> int:
        return self.week_start if found.week_start_day is None else weekday_index(found.week_start_day)

    def raw(self, found: Dimension, chain: tuple[str, ...] = ()) -> Value:
        """Give a dimension's expression as stored, references substituted, columns qualified.

        Raises:
            InvalidQuery: references form a cycle, or name a measure. NoSuchField: they name nothing.
        """
        key = (found.view, found.name)
        cached = self._recall(key)
        if cached is not None:
            return cached
        if found.qualified_name in chain or len(chain) > _DEPTH:
            raise InvalidQuery(
                f"Fields refer to each other in a circle: {' -> '.join((*chain, found.qualified_name))}"
            )
        return self._keep(key, lambda: self._raw_uncached(found, (*chain, found.qualified_name)))

    def _recall(self, key: object) -> Value | None:
        value: Value | None = self._known.get(key)
        if value is None and (value := self._own.get(key)) is not None:
            self.for_this_query_alone()
        return value

    def _keep(self, key: object, make: Callable[[], Value]) -> Value:
        """Make a value and keep it: with the model where every query shares it, else for this query alone."""
        reads = self.context.clock.reads
        before = self._personal, len(reads)
        value = make()
        if (self._personal, len(reads)) != before:
            self._own[key] = value
            return value
        for name in filter(is_inner, value.views):
            if ("inner", name) in self._own:
                self._known["inner", name] = self._own["inner", name]
        self._known[key] = value
        return value

    def for_this_query_alone(self) -> None:
        """Say that what is being resolved depends on who asks, or on what: no other query may share it."""
        self._personal += 1

    def _raw_uncached(self, found: Dimension, chain: tuple[str, ...]) -> Value:
        if found.duration is not None:  # without a unit it is no number
            return Value(cast(exp.Null(), "double"), NUMBER, frozenset((found.view,)))
        value, top = self._plain(found, chain), found.dynamic_top_n
        if top is None:
            return value
        return replace(top_values(self, found, value, top, top.n, chain), masks=value.masks)

    def top(self, found: Dimension, n: int) -> Value:
        """As `raw`, with the first `n` values kept where the dimension ranks them; else `n` means nothing."""
        if found.dynamic_top_n is None:
            return self.raw(found)
        chain = (found.qualified_name,)
        value = self._plain(found, chain)
        return replace(top_values(self, found, value, found.dynamic_top_n, n, chain), masks=value.masks)

    def _plain(self, found: Dimension, chain: tuple[str, ...]) -> Value:
        """Give a dimension's values before any ranking of them."""
        value = self._stored(found, chain)
        value = replace(value, masks=masks_of(found, value.masks))
        if not is_banded(found):
            return value
        return replace(value, tree=band_label(found, value.tree, value.type, self.context), type=STRING)

    def _stored(self, found: Dimension, chain: tuple[str, ...]) -> Value:
        """Give what the column, the dimension's own SQL, or its level of detail holds."""
        if found.level_of_detail is not None:
            value, operand = level_of_detail(self, found, found.level_of_detail, chain), found.sql
            counts = found.level_of_detail.aggregate in (Aggregate.COUNT, Aggregate.COUNT_DISTINCT)
            masks = (
                frozenset()
                if operand is None or counts
                else self.expression(operand, found.view, chain).masks
            )
            return replace(value, convertible=found.convert_tz and value.convertible, masks=masks)
        if found.sql is None:
            kind = self._declared(found) or self.column_type(found.view, found.name)
            convertible = found.convert_tz and self.is_instant(found.view, found.name)
            masks = masks_behind(self, found.view, (found.name,))
            return Value(column(found.name, found.view), kind, frozenset((found.view,)), convertible, masks)
        value = self.expression(found.sql, found.view, chain)
        declared = self._declared(found)
        kind = value.type if declared is None or declared.data_type is value.type.data_type else declared
        views = counted_views(found.view, value)
        return Value(value.tree, kind, views, found.convert_tz and value.convertible, value.masks)

    def define(self, inner: Inner, kind: ColumnType, *, convertible: bool) -> Value:
        """Keep an inner aggregation under its name and give the column that stands for it."""
        self._own["inner", inner.name] = inner
        return Value(inner_column(inner.name), kind, frozenset((inner.name,)), convertible)

    def inner(self, name: str) -> Inner:
        """Give the inner aggregation that a name among a value's views means."""
        found: Inner = self._own.get(("inner", name)) or self._known["inner", name]
        return found

    def scratch(self) -> Resolver:
        """Give a resolver of the same query that collects calls of its own."""
        return replace(self, calls=[], _call_index={})

    def _declared(self, found: Dimension) -> ColumnType | None:
        """Give the declared type; what the column itself says of dates and zones still holds."""
        if found.type is None:
            return None
        stored = self.column_type(found.view, found.name) if found.sql is None else UNKNOWN
        return stored if stored.data_type is found.type else ColumnType(found.type)

    def column_type(self, view_name: str, column_name: str) -> ColumnType:
        """Look a physical column's type up in the catalog."""
        view = self.model.views[view_name]
        catalog = self.model.catalog
        if view.sql is not None or view.query is not None:
            return self._columns_behind(view).get(column_name.lower(), UNKNOWN_COLUMN).type
        columns = catalog.tables.get(table_key(view, catalog), {})
        return columns.get(column_name.lower(), UNKNOWN)

    def is_instant(self, view_name: str, column_name: str) -> bool:
        """Tell whether a column's times are stored as such; a query view holds wall times where it groups."""
        view = self.model.views[view_name]
        if view.query is None:
            return True
        return self._columns_behind(view).get(column_name.lower(), UNKNOWN_COLUMN).convertible

    def _columns_behind(self, view: View) -> dict[str, SubColumn]:
        """Tell what the columns of a view over a SELECT or a query hold, the same for every query."""
        key = ("columns", self.context.dialect.name, view.name)
        known: dict[str, SubColumn] | None = self.model.derived.get(key)
        if known is None and view.name in self.reading:  # it reads itself, which fails elsewhere
            self.for_this_query_alone()
            return {}
        if known is None:
            example = self._example((*self.reading, view.name))
            known = columns_of(view, example) if view.query else columns_behind(view, example)
            self.model.derived[key] = known
        return known

    def _example(self, reading: tuple[str, ...]) -> Resolver:
        """Give a resolver for no query at all, which looks at what stands behind the views `reading`."""
        asked = example_of(self.model)
        return replace(self.afresh(), asked=asked, inside=(), reading=reading)

    def afresh(self) -> Resolver:
        """Give a resolver for another query of the same asker, which shares nothing with this one."""
        return replace(self, calls=[], query_filters={}, _call_index={}, _own={}, period=None)

    def back(self, name: str) -> tuple[str, ...]:
        """Give how far the period asked of moves the windows of the query's filter on a field."""
        return () if self.period is None else self.period.back(name)

    # -- expressions ------------------------------------------------------------------

    def expression(
        self, text: str, view: str, chain: tuple[str, ...] = (), names: dict[str, str] | None = None
    ) -> Value:
        """Compile row-level SQL written in `view`; `names` renames views (join aliases)."""
        key = (view, text, tuple(names.items()) if names else ())
        return self._recall(key) or self._keep(key, lambda: self._expression(text, view, chain, names))

    def written(self, text: str, view: str, names: dict[str, str] | None = None) -> Written:
        """Parse SQL of `view`, its template filled in for this query."""
        if not is_templated(text):
            return Written(parse_template(text, self.context.dialect.name))
        self.for_this_query_alone()
        rendered = render(text, self.context, self.asked, lambda name: self.meant(name, view, names))
        try:
            template = fill(parse_template(rendered.text, self.context.dialect.name), rendered)
        except BadSql as error:
            raise BadSql(f"{error.detail.partition(': ')[0]}, filled in: {text!r}") from error
        return Written(template, tuple(rendered.sections), fixed=False)

    def meant(self, name: str, view: str, names: dict[str, str] | None = None) -> str:
        """Settle what a view's name means in SQL of `view`: in the copy an alias makes, the copy."""
        here = self.model.views.get(view)
        if here is not None and here.alias_of == name:
            return view
        return (names or {}).get(name, name)

    def _expression(
        self, text: str, view: str, chain: tuple[str, ...], names: dict[str, str] | None
    ) -> Value:
        if is_verbatim(text):
            return self._verbatim(text, view, chain)
        written = self.written(text, view, names)
        template = written.template
        cut = dimensionalized(self, written, view, chain)
        if cut is not None:
            # What is aggregated inside is masked like what it reads.
            masks = masks_read(self, written, view)
            return replace(self._around_inner(*cut, written, view, chain), masks=masks)
        parts = [self.reference(_renamed(name, names), view, chain) for name in template.references]
        tree = self._substitute(template.tree, view, [part.tree for part in parts])
        views = frozenset().union(*(part.views for part in parts))
        if template.own_columns:
            views |= {view}
        masks = masks_behind(self, view, template.own_columns).union(*(part.masks for part in parts))
        kind = self._type(text, written, view, parts)
        if written.sections:
            tree = self._with_sections(tree, written, view, parts)
        instants = all(self.is_instant(view, name) for name in template.own_columns)
        return Value(tree, kind, views, instants and all(part.convertible for part in parts), masks)

    def _verbatim(self, text: str, view: str, chain: tuple[str, ...]) -> Value:
        """Take SQL as it stands, references filled in; what it yields is unknown unless it is declared."""
        found, dialect = read_verbatim(text), self.context.dialect
        parts = [self.reference(name, view, chain) for name in found.references]
        if any(is_inner(name) for part in parts for name in part.views):
            message = "DO NOT PARSE cannot refer to a level of detail or to the first values of a ranking"
            raise InvalidQuery(f"{message}: {text!r}")
        views = frozenset((view,)).union(*(part.views for part in parts))
        texts = [dialect.render(lower_markers(part.tree, dialect)) for part in parts]
        reads = [node for part in parts for node in part.tree.find_all(exp.Column)]
        tree = found.tree(texts, [*reads, *(column("*", name) for name in sorted(views))])
        # Its text is not looked into: it may show every column of a view over a query.
        body = self.model.views[view].query
        masks = masks_behind(self, view, body.fields.values() if body is not None else ())
        masks = masks.union(*(part.masks for part in parts))
        return Value(tree, UNKNOWN, views, all(part.convertible for part in parts), masks)

    def _around_inner(
        self, tree: exp.Expr, inner: list[Value], written: Written, view: str, chain: tuple[str, ...]
    ) -> Value:
        """Compile row-level SQL around values that are known already; only what it reads itself counts."""
        columns = list(tree.find_all(exp.Column))
        used = {index for node in columns if (index := reference_index(node)) is not None}
        parts = [
            self.reference(name, view, chain) if number in used else _NOT_READ
            for number, name in enumerate(written.template.references)
        ] + inner
        own = tuple(dict.fromkeys(node.name for node in columns if reference_index(node) is None))
        views = frozenset().union(*(part.views for part in parts)) | ({view} if own else frozenset())
        rest = written.around(replace(written.template, tree=tree, own_columns=own))
        kind = self.infer(rest, view, parts)
        tree = self._substitute(tree, view, [part.tree for part in parts])
        if rest.sections:
            tree = self._with_sections(tree, rest, view, parts)
        instants = all(self.is_instant(view, name) for name in own)
        return Value(tree, kind, views, instants and all(part.convertible for part in parts))

    def infer(self, written: Written, view: str, parts: list[Value]) -> ColumnType:
        """Infer what a part of SQL yields from the types of its references."""
        return self._type("", written, view, parts)

    def _type(self, text: str, written: Written, view: str, parts: list[Value]) -> ColumnType:
        template, dialect = written.template, self.context.dialect.name
        own = tuple((name, word_of(self.column_type(view, name))) for name in template.own_columns)
        words = tuple(word_of(part.type) for part in parts)
        if written.fixed:
            return type_of(infer_type(text, dialect, words, own))
        return type_of(infer_tree(template.tree, dialect, words, own))

    def _with_sections(self, tree: exp.Expr, written: Written, view: str, parts: list[Value]) -> exp.Expr:
        """Turn the sections of a filled-in template into conditions about their bodies."""
        bodies = {section_index(node): node for node in written.template.tree.find_all(exp.Anonymous)}

        def about(number: int, body: exp.Expr, section: Section) -> Target:
            inner = bodies[number].expressions[0]
            indexes = [reference_index(node) for node in inner.find_all(exp.Column)]
            convertible = all(parts[index].convertible for index in indexes if index is not None)
            kind = self._type(
                "", replace(written, template=replace(written.template, tree=inner)), view, parts
            )
            if kind.data_type is DataType.UNKNOWN:
                kind = ColumnType(section.kind)
            value = Value(atom(body), kind, frozenset(), convertible)
            wall = atom(wall_of(self, value))
            return Target(section.name, value.tree, kind, wall=wall, shifted=convertible or kind.has_zone)

        return apply_sections(tree, written.sections, about, self.context)

    def reference(self, name: str, view: str, chain: tuple[str, ...] = ()) -> Value:
        """Resolve one `${...}` to a row-level value."""
        base, word = split_grain(name)
        qualified = self.qualify(base, view)
        found = self.find(qualified, direct=False)
        if found is None:
            raise InvalidQuery(
                f'Could not substitute Omni SQL: Field "{qualified}" not found: No such field "{qualified}"'
            )
        if not isinstance(found, Dimension):
            raise InvalidQuery(
                f'"{chain[-1] if chain else view}" is row-level SQL and may not use '
                f'the measure "{qualified}".'
            )
        raw = self.raw(found, chain)
        if word is None:
            return raw
        grain = grain_of(self, found, raw, word)
        if grain is None:
            raise InvalidQuery(f'Could not substitute Omni SQL: "{qualified}" has no timeframe "{word}".')
        return replace(value_at(self, raw, grain, found, chain), convertible=False)

    def canonical(self, name: str, view: str) -> str:
        """Give the present name of a field that `view` refers to, timeframe kept."""
        base, word = split_grain(name)
        found = self.find(self.qualify(base, view), direct=False)
        if found is None:
            raise NoSuchField(name)
        return f"{found.qualified_name}[{word}]" if word else found.qualified_name

    def settled(self, name: str, view: str) -> str | None:
        """As `canonical`, None for a field that does not exist."""
        try:
            return self.canonical(name, view)
        except NoSuchField:
            return None

    def qualify(self, name: str, view: str) -> str:
        """Add the own view; inside the copy an aliased join makes, the original name means the copy."""
        owner, dot, field_name = name.partition(".")
        return f"{self.meant(owner, view)}.{field_name}" if dot else f"{view}.{name}"

    def _substitute(self, tree: exp.Expr, view: str, parts: list[exp.Expr]) -> exp.Expr:
        names = self._own_names(view)

        def change(node: exp.Expr) -> exp.Expr:
            index = reference_index(node)
            if index is not None:
                return atom(copy_of(parts[index]))
            if not isinstance(node, exp.Column):
                return node
            first, *inner = node.parts
            index = reference_index(exp.Column(this=first)) if inner else None
            if inner and first.name.lower() in names:
                first, *inner = inner
            elif inner and index is None and self.column_type(view, first.name) is UNKNOWN:
                return node
            whole: exp.Expr = exp.Column(this=first.copy(), table=identifier(view))
            if index is not None:
                whole = atom(copy_of(parts[index]))
            for part in inner:  # a child of a structure
                whole = exp.Dot(this=whole, expression=part.copy())
            return whole

        return replaced(tree, change)

    def _own_names(self, view: str) -> frozenset[str]:
        found = self.model.views[view]
        return frozenset(name.lower() for name in (view, found.table_name, found.alias_of) if name)

    # -- measures ---------------------------------------------------------------------

    def measure(self, name: str) -> ResolvedMeasure | None:
        """Resolve a measure; None when the name is no visible measure."""
        found = self.find(name)
        if not isinstance(found, Measure):
            return None
        tree, kind = self.measure_tree(found) if self.unmasks else shown_measure(self, found)
        return ResolvedMeasure(name, found, tree, kind)

    def measure_tree(self, found: Measure, chain: tuple[str, ...] = ()) -> tuple[exp.Expr, ColumnType]:
        """Give a measure's expression over `a<n>` columns and its type."""
        if found.qualified_name in chain or len(chain) > _DEPTH:
            raise InvalidQuery(
                f"Fields refer to each other in a circle: {' -> '.join((*chain, found.qualified_name))}"
            )
        chain = (*chain, found.qualified_name)
        condition = self.measure_condition(found)
        if found.aggregate is None:
            if condition is not None:
                raise InvalidQuery(f'Measure "{found.qualified_name}": filters need an aggregate_type.')
            return self._derived(found, chain)
        return self._aggregate(found, found.aggregate, condition, chain)

    def _aggregate(
        self, found: Measure, aggregate: Aggregate, condition: Value | None, chain: tuple[str, ...]
    ) -> tuple[exp.Expr, ColumnType]:
        if found.level_of_detail is not None:
            operand: Value | None = level_of_detail(self, found, found.level_of_detail, chain)
        else:
            operand = None if found.sql is None else self.expression(found.sql, found.view, chain)
        if operand is None and aggregate is not Aggregate.COUNT:
            raise InvalidQuery(f'Measure "{found.qualified_name}" needs sql.')
        views = counted_views(found.view, operand)
        if operand is not None and aggregate in (Aggregate.MIN, Aggregate.MAX):
            operand = shown_time(self, operand)
        key = self.distinct_on(aggregate, found.custom_primary_key_sql, found, chain)
        said = Aggregation(aggregate, found.percentile, key, condition)
        call, kind = call_over(operand, views, said, found.qualified_name)
        return self.add_call(replace(call, cancels=self._cancels(found))), kind

    def _cancels(self, found: Measure) -> frozenset[str]:
        return frozenset(filtered_name(self.canonical(name, found.view)) for name in found.cancels)

    def distinct_on(
        self, aggregate: Aggregate, sql: str | None, found: Dimension | Measure, chain: tuple[str, ...]
    ) -> Value | None:
        """Give the key that `*_distinct_on` keeps one value for."""
        if not aggregate.is_distinct_on:
            return None
        if sql is None:
            raise InvalidQuery(f'"{found.qualified_name}": {aggregate} needs custom_primary_key_sql.')
        return self.expression(sql, found.view, chain)

    def add_call(self, call: Call) -> exp.Expr:
        """Register an aggregate call once and return the column that stands for it."""
        key = call.key()
        if key not in self._call_index:
            self._call_index[key] = len(self.calls)
            self.calls.append(call)
        return exp.column(f"a{self._call_index[key]}")

    def measure_condition(self, found: Measure) -> Value | None:
        """Give what the rows of a measure must meet, None when they are all rows."""
        parts: list[exp.Expr] = []
        views: frozenset[str] = frozenset()
        for name, condition in found.filters.items():
            base, _ = split_grain(name)
            target, read = self.target(name if "." in base else f"{found.view}.{name}", direct=False)
            built = [build_predicate(condition, target, self.context)]
            if name in found.offsets:
                asked = self.query_filters.get(filtered_name(self.canonical(name, found.view)), Anything())
                moved = replace(
                    target, back=(found.offsets[name], *self.back(self.canonical(name, found.view)))
                )
                built.append(build_predicate(asked, moved, self.context))
            predicates = [predicate for predicate in built if predicate is not None]
            if predicates:
                parts += predicates
                views |= read
        if not parts:
            return None
        return Value(exp.and_(*parts, copy=False), UNKNOWN, views)

    def target(
        self, name: str, *, direct: bool = True, masked: bool | None = None
    ) -> tuple[Target, frozenset[str]]:
        """Make a dimension the target of a condition; also gives the views it reads.

        A `masked` one shows its digest; what the asker names is, unless something else is said.

        Raises:
            NoSuchField: no such dimension, or a grain that does not exist for it.
        """
        base, word = split_grain(name)
        found = self.find(base, direct=direct)
        if not isinstance(found, Dimension):
            raise NoSuchField(name, near=near(base, self._visible_names(base)))
        raw = self.raw(found)
        grain = grain_of(self, found, raw, word) if word else None
        if word and grain is None:
            raise NoSuchField(name)
        at_grain = grain is not None and grain.kind is not GrainKind.RAW
        value = value_at(self, raw, grain, found) if grain is not None and at_grain else raw
        week = self.week_start_of(found)
        if (direct if masked is None else masked) and is_masked(self, value.masks):
            tree = atom(digest(self, value if at_grain else shown_time(self, raw)).tree)
            return Target(name, tree, STRING, wall=tree, shifted=False), value.views
        if at_grain:
            tree = atom(value.tree)
            return Target(name, tree, value.type, wall=tree, shifted=False, week_start=week), value.views
        shifted = raw.convertible or raw.type.has_zone
        wall = atom(wall_of(self, raw))
        target = Target(name, atom(raw.tree), raw.type, wall=wall, shifted=shifted, week_start=week)
        return replace(target, periods=periods_of(self, found)), raw.views

    def _derived(self, found: Measure, chain: tuple[str, ...]) -> tuple[exp.Expr, ColumnType]:
        """Compile SQL over measures; literal aggregates in it become calls of their own."""
        if found.sql is None:
            raise InvalidQuery(f'Measure "{found.qualified_name}" needs sql or an aggregate_type.')
        if is_verbatim(found.sql):
            value = self.expression(found.sql, found.view, chain)
            call = Call(None, None, value.views, found.qualified_name, literal=value.tree)
            return self.add_call(call), NUMBER
        written = self.written(found.sql, found.view)
        tree, values = self.over_measures(written, found.view, found.qualified_name, chain)
        kind = self._type(found.sql, written, found.view, values)
        return tree, kind if kind.data_type is not DataType.UNKNOWN else NUMBER

    def over_measures(
        self, written: Written, view: str, name: str, chain: tuple[str, ...], *, counts_own: bool = True
    ) -> tuple[exp.Expr, list[Value]]:
        """Compile aggregating SQL of `view` over `a<n>` columns; also gives the values of its references.

        Aggregates written in it count rows of `view` and of what they read, or of the latter alone.
        """
        template = written.template
        if template.tree.find(exp.Window):
            raise InvalidQuery(f'Measure "{name}": window functions belong in calculations.')
        used = {reference_index(node) for node in template.tree.find_all(exp.Column)}
        values: list[Value] = []
        reads: dict[int, Value] = {}
        for position, reference in enumerate(template.references):
            target = self.find(self.qualify(split_grain(reference)[0], view), direct=False)
            if position not in used:
                values.append(_NOT_READ)
            elif isinstance(target, Measure):
                values.append(Value(*self.measure_tree(target, chain), frozenset()))
            else:
                reads[position] = self.reference(reference, view, chain)
                values.append(reads[position])
        parts = [value.tree for value in values]

        def whole(tree: exp.Expr) -> exp.Expr:
            tree = self._substitute(tree, view, parts)
            return self._with_sections(tree, written, view, values) if written.sections else tree

        def lifted(node: exp.Expr, views: frozenset[str]) -> exp.Expr:
            counted = views
            if counts_own or not views:
                counted = counted_views(view, Value(node, UNKNOWN, views))
            parts.append(self.add_call(literal_call(whole(node), counted, name)))
            return exp.column(f"__ref_{len(parts) - 1}")

        tree = lift_aggregates(template.tree.copy(), view, name, reads, lifted)
        check_aggregated(tree, name, reads)
        return exp.Paren(this=whole(as_ratios(tree, self.context.dialect))), values


def _renamed(name: str, names: dict[str, str] | None) -> str:
    """Apply the view names of an aliased join to a reference."""
    view, dot, rest = name.partition(".")
    return f"{(names or {}).get(view, view)}.{rest}" if dot else name
