"""What the names of a composite topic mean for one asker: dimensions of members, measures over members."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoJoinPath
from holoscope.kit.text import title
from holoscope.modeling.composites import CompositeTopic, SharedMeasure
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.types import DataType
from holoscope.query.built import Built
from holoscope.query.composites.address import SHARED_MEASURES, Address, Kind, parse_address
from holoscope.query.inside import model_inside
from holoscope.query.lookup import find_field
from holoscope.query.ratios import as_ratios
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure
from holoscope.query.spec import QuerySpec
from holoscope.query.types import NUMBER, type_of, word_of
from holoscope.sql.dialect import Dialect
from holoscope.sql.inference import infer_type
from holoscope.sql.parse import parse_template, reference_index
from holoscope.sql.trees import atom, copy_of, replaced

F = TypeVar("F", Dimension, Measure)
Column = ResolvedDimension | ResolvedMeasure
Found = Mapping[tuple[str, str], exp.Expr]


@dataclass(frozen=True, slots=True)
class Shared:
    """A dimension: the field it is in each topic that knows it. `topic` is set for one member's own."""

    name: str
    fields: Mapping[str, str]
    label: str | None = None
    topic: str = ""

    def column(self, found: ResolvedDimension) -> ResolvedDimension:
        """Describe the joined column, as a member describes its own."""
        return replace(found, name=self.name, field=_under(found.field, self.name, self.label))


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure over measures of members, which are (topic, field); `tree` is over `__ref_<n>` of them."""

    name: str
    reads: tuple[tuple[str, str], ...]
    column: ResolvedMeasure
    tree: exp.Expr

    def over(self, found: Found) -> exp.Expr:
        """Give the expression over the members' columns."""
        single = isinstance(self.tree, exp.Column)

        def change(node: exp.Expr) -> exp.Expr:
            index = reference_index(node)
            if index is None:
                return node
            value = copy_of(found[self.reads[index]])
            return value if single else atom(value)

        return replaced(self.tree, change)


Selected = Shared | Measured


class Fields:
    """Reads names; asks each member what is there for this asker."""

    def __init__(
        self,
        composite: CompositeTopic,
        visible: Sequence[str],
        model: Model,
        build: Callable[[QuerySpec], Built],
        dialect: Dialect,
    ) -> None:
        self.build = build
        self._model = model
        self._composite = composite
        self._visible = visible
        self._dialect = dialect
        self._columns: dict[tuple[str, str], Column | None] = {}

    def read(self, name: str, *, filtered: bool = False) -> Selected | None:
        """Give what a name means, None when it means nothing here; `filtered` ones may be filter-only."""
        address = parse_address(name)
        if address is None:
            return None
        if address.kind is Kind.SHARED_MEASURE:
            shared = self._composite.shared_measures.get(address.name)
            return self._shared_measure(name, shared) if shared and not address.grain else None
        if address.kind is Kind.MEMBER:
            return self._of_member(name, address, filtered=filtered)
        return self._shared(name, address)

    def _of_member(self, name: str, address: Address, *, filtered: bool) -> Selected | None:
        field = address.in_member(address.topic, self._composite)
        if address.topic not in self._visible or field is None:
            return None
        found = self._column(address.topic, field)
        if isinstance(found, ResolvedMeasure):
            column = replace(found, name=name, field=_under(found.field, name, None))
            return Measured(name, ((address.topic, field),), column, exp.column("__ref_0"))
        only_filtered = filtered and isinstance(self._named(address.topic, field), FilterField)
        there = found is not None or only_filtered
        return Shared(name, {address.topic: field}, topic=address.topic) if there else None

    def _shared(self, name: str, address: Address) -> Shared | None:
        """A dimension is there only if it is there in every member that is said to know it."""
        fields: dict[str, str] = {}
        for topic in self._visible:
            field = address.in_member(topic, self._composite)
            if field is None:
                continue
            try:
                found = self._column(topic, field)
            except NoJoinPath:
                if address.kind is Kind.SHARED_VIEW:
                    continue  # this member does not join the view
                raise
            if not isinstance(found, ResolvedDimension):
                return None
            fields[topic] = field
        if not fields:
            return None
        said = self._composite.shared_dimensions.get(address.name)
        label = (said.label or title(said.name)) if said and address.kind is Kind.SHARED_DIMENSION else None
        return Shared(name, fields, label)

    def _shared_measure(self, name: str, shared: SharedMeasure) -> Measured | None:
        template = parse_template(shared.sql, self._dialect.name)
        if template.own_columns or template.tree.find(exp.AggFunc, exp.Window) is not None:
            raise InvalidQuery(
                f'The shared measure "{shared.name}" may only calculate with measures of its topics, '
                "written as ${topic.view.measure}."
            )
        reads: list[tuple[str, str]] = []
        words: list[str] = []
        for reference in template.references:
            topic, _, inner = reference.removeprefix("@").partition(".")
            found = self._column(topic, inner) if topic in self._visible else None
            if not isinstance(found, ResolvedMeasure):
                return None
            reads.append((topic, inner))
            words.append(word_of(found.type))
        kind = type_of(infer_type(shared.sql, self._dialect.name, tuple(words), ()))
        field = Measure(
            SHARED_MEASURES,
            shared.name,
            self._composite.position,
            sql=shared.sql,
            label=shared.label,
            format=shared.format,
        )
        known = kind if kind.data_type is not DataType.UNKNOWN else NUMBER
        tree = as_ratios(template.tree.copy(), self._dialect)
        return Measured(name, tuple(reads), ResolvedMeasure(name, field, tree, known), tree)

    def _named(self, topic: str, field: str) -> object:
        return find_field(model_inside(self._model, self._model.topics[topic]), field)

    def _column(self, topic: str, field: str) -> Column | None:
        """Ask a member for one field; None when it does not exist there for this asker."""
        key = (topic, field)
        if key not in self._columns:
            built = self.build(QuerySpec(fields=(field,), topic=topic, limit_rows=None))
            self._columns[key] = next(iter(built.columns), None)
        return self._columns[key]


def check_alike(name: str, known: Sequence[ResolvedDimension]) -> None:
    """Check that what one dimension is in several topics can be compared.

    Raises:
        InvalidQuery: text in one topic, say, and a number in another.
    """
    kinds = {one.value.type.data_type for one in known} - {DataType.UNKNOWN}
    zones = {one.value.type.has_zone for one in known if one.value.type.data_type is DataType.TIMESTAMP}
    if len(kinds) > 1 or len(zones) > 1:
        said = " and ".join(sorted(f'"{one.name}"' for one in known))
        raise InvalidQuery(f'"{name}" cannot join {said}: their values are of different kinds.')


def _under(field: F, name: str, label: str | None) -> F:
    """Give a member's field the names it has in the composite topic."""
    view, _, own = split_grain(name)[0].rpartition(".")
    return replace(field, view=view, name=own, label=label or field.label or title(field.name))
