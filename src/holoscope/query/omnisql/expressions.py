"""Expressions of a SELECT over the model: of one row, or of a group (keys `k<n>`, aggregates `a<n>`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.types import Aggregate, ColumnType, DataType
from holoscope.query.aggregates import literal_call
from holoscope.query.filters.target import Target
from holoscope.query.inherited_masks import masks_read
from holoscope.query.inner import dimensionalized, is_dimensionalize
from holoscope.query.masks import digest, is_masked
from holoscope.query.omnisql.masked import refuse_computing_with_digests
from holoscope.query.omnisql.names import Item, Names
from holoscope.query.plan.node import key_column
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedMeasure
from holoscope.query.templates import Section, apply_sections
from holoscope.query.types import UNKNOWN, type_of
from holoscope.query.value import Aggregation, Value, call_over
from holoscope.query.written import Written
from holoscope.sql.inference import infer_tree
from holoscope.sql.marks import section_index
from holoscope.sql.parse import Template, reference_index
from holoscope.sql.trees import atom, copy_of

_WRAPPERS = (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)
_GOVERNED = "OMNI_"


def is_aggregate(node: exp.Expr) -> bool:
    """Tell whether a node aggregates the rows of a group; over a window it does not."""
    if not isinstance(node, exp.AggFunc):
        return False
    while isinstance(node.parent, _WRAPPERS) and node.arg_key == "this":
        node = node.parent
    return not (isinstance(node.parent, exp.Window) and node.arg_key == "this")


@dataclass(slots=True)
class Expressions:
    """Compiles the settled expressions of one SELECT; `keys` are what its rows are grouped by."""

    resolver: Resolver
    names: Names
    sections: list[Section]
    keys: dict[exp.Expr, int] = field(default_factory=dict)
    _inner: int = 0

    def measures_in(self, tree: exp.Expr) -> list[ResolvedMeasure]:
        """Give the measures that an expression names outside of `omni_dimensionalize`."""
        found = []
        for node in tree.find_all(exp.Column):
            item = self._item(node)
            if item is not None and isinstance(item.found, ResolvedMeasure) and not _is_inside(node):
                found.append(item.found)
        return found

    def is_aggregated(self, tree: exp.Expr) -> bool:
        """Tell whether an expression has a value for a group alone."""
        if self.measures_in(tree):
            return True
        return any(is_aggregate(node) and not _is_inside(node) for node in tree.find_all(exp.AggFunc))

    def kind(self, tree: exp.Expr) -> ColumnType:
        """Infer what a settled expression yields, UNKNOWN when that cannot be told."""
        item = self._item(tree)
        if item is not None:
            return item.type
        dialect = self.resolver.context.dialect.name
        return type_of(infer_tree(_typable(tree), dialect, self.names.words(), ()))

    # -- of one row -------------------------------------------------------------------

    def row(self, tree: exp.Expr, clause: str, *, is_typed: bool = True) -> Value:
        """Compile an expression of one row; unless `is_typed` nobody wants to know what it yields.

        Raises:
            InvalidQuery: it aggregates.
        """
        for measure in self.measures_in(tree):
            raise InvalidQuery(
                f'"{measure.name}" is a measure and has no value in {clause}: it filters groups in HAVING.'
            )
        if any(is_aggregate(node) and not _is_inside(node) for node in tree.find_all(exp.AggFunc)):
            raise InvalidQuery(f"Aggregates have no value in {clause}: write them in SELECT or HAVING.")
        kind = self.kind(tree) if is_typed else UNKNOWN
        whole, views = self._filled(tree)
        return Value(whole, kind, views)

    def _filled(self, tree: exp.Expr) -> tuple[exp.Expr, frozenset[str]]:
        """Put values in the place of items; gives the views they read, too."""
        refuse_computing_with_digests(tree, self._item, self.resolver)
        values = [self._value(number) for number in range(len(self.names.items))]
        if any(map(is_dimensionalize, tree.find_all(exp.Anonymous))):
            tree = self._dimensionalized(tree, values)
        read: set[str] = set()

        def change(node: exp.Expr) -> exp.Expr:
            index = reference_index(node)
            if index is None:
                return node
            value = values[index]
            read.update(value.views)
            return atom(copy_of(value.tree))

        types = {
            section_index(node): self.kind(node.expressions[0])
            for node in tree.find_all(exp.Anonymous)
            if section_index(node) is not None and len(node.expressions) == 1
        }
        whole = tree.copy().transform(change, copy=False)
        if types:
            whole = self._with_sections(whole, types)
        return whole, frozenset(read)

    def _value(self, number: int) -> Value:
        found = self.names.items[number].found
        return (
            Value(exp.null(), found.type, frozenset()) if isinstance(found, ResolvedMeasure) else found.value
        )

    def _dimensionalized(self, tree: exp.Expr, values: list[Value]) -> exp.Expr:
        """Cut inner aggregates out; their values come after those of the items."""
        references = tuple(item.key for item in self.names.items)
        written = Written(self.names.base, Template(tree, references, ()))
        self._inner += 1
        cut = dimensionalized(self.resolver, written, (f"{self.names.base}#{self._inner}",))
        if cut is None:
            return tree
        whole, inner = cut
        masks = masks_read(self.resolver, written)
        hidden = is_masked(self.resolver, masks)
        values.extend(digest(self.resolver, value) if hidden else value for value in inner)
        return whole

    def _with_sections(self, tree: exp.Expr, types: dict[int | None, ColumnType]) -> exp.Expr:
        def about(number: int, body: exp.Expr, section: Section) -> Target:
            kind = types[number]
            if kind.data_type is DataType.UNKNOWN:
                kind = ColumnType(section.kind)
            shown = atom(body)  # on the query's clock already
            return Target(section.name, shown, kind, wall=shown, shifted=False)

        return apply_sections(tree, self.sections, about, self.resolver.context)

    # -- of a group -------------------------------------------------------------------

    def group(self, tree: exp.Expr) -> tuple[exp.Expr, ColumnType]:
        """Compile an expression of a group.

        Raises:
            InvalidQuery: a part of it is neither grouped by nor aggregated.
        """
        refuse_computing_with_digests(tree, self._item, self.resolver)
        return self._grouped(tree), self.kind(tree)

    def _grouped(self, node: exp.Expr) -> exp.Expr:
        number = self.keys.get(node) if self.keys else None
        if number is not None:
            return exp.column(key_column(number))
        item = self._item(node)
        if item is not None:
            if isinstance(item.found, ResolvedMeasure):
                return atom(copy_of(item.found.tree))
            raise InvalidQuery(f'"{item.name}" must be part of GROUP BY or stand inside an aggregate.')
        if _aggregates(node):
            return self._call(node)
        if isinstance(node, exp.Anonymous) and self._reads_rows(node):
            return self._literal(node)  # a function of the warehouse, which may be an aggregate
        fresh = node.copy()
        for child in list(fresh.iter_expressions()):
            other = self._grouped(child)
            if other is not child:
                child.replace(other)
        return fresh

    def _reads_rows(self, node: exp.Expr) -> bool:
        """Tell whether a call's arguments have no value for a group."""
        if any(part in self.keys for part in node.expressions) or self.is_aggregated(node):
            return False
        return any(self._item(column) is not None for column in node.find_all(exp.Column))

    def _call(self, node: exp.Expr) -> exp.Expr:
        for measure in self.measures_in(node):
            raise InvalidQuery(
                f'"{measure.name}" is a measure and aggregated already: write ${{{measure.name}}} alone.'
            )
        condition = None
        if isinstance(node, exp.Filter):
            condition = self.row(node.expression.this, "FILTER", is_typed=False)
            node = node.this
        if isinstance(node, exp.AnonymousAggFunc) and str(node.this).startswith(_GOVERNED):
            return self._governed(node, condition)
        whole, views = self._filled(node)
        call = literal_call(whole, views | {self.names.base}, f"{self.names.base}.{node.key}")
        if condition is not None and call.literal is not None:
            call = replace(
                call,
                literal=exp.Filter(this=call.literal, expression=exp.Where(this=condition.tree)),
                views=call.views | condition.views,
            )
        elif condition is not None:
            call = replace(call, condition=condition.tree, condition_views=condition.views)
        return self.resolver.add_call(call)

    def _literal(self, node: exp.Expr) -> exp.Expr:
        whole, views = self._filled(node)
        call = literal_call(whole, views | {self.names.base}, f"{self.names.base}.{node.name.lower()}")
        return self.resolver.add_call(call)

    def _governed(self, node: exp.AnonymousAggFunc, condition: Value | None) -> exp.Expr:
        """Aggregate as a measure of that kind would; the words are checked where they are read."""
        refuse_computing_with_digests(node, self._item, self.resolver)
        kind = Aggregate(str(node.this)[len(_GOVERNED) :].lower())
        operand = self.row(node.expressions[0], str(node.this))
        said = Aggregation(kind, None, None, condition)
        views = operand.views or frozenset((self.names.base,))
        return self.resolver.add_call(call_over(operand, views, said, f"{self.names.base}.{kind}")[0])

    def _item(self, node: exp.Expr) -> Item | None:
        index = reference_index(node)
        return None if index is None or index >= len(self.names.items) else self.names.items[index]


def _aggregates(node: exp.Expr) -> bool:
    """Tell whether a node is an aggregate, or what is written around one (FILTER, WITHIN GROUP)."""
    inner = node
    while isinstance(inner, _WRAPPERS):
        inner = inner.this
    return is_aggregate(inner) if isinstance(inner, exp.AggFunc) else False


def _is_inside(node: exp.Expr) -> bool:
    """Tell whether a node stands inside `omni_dimensionalize(...)`, which has a value for each row."""
    parent = node.parent
    while parent is not None:
        if is_dimensionalize(parent):
            return True
        parent = parent.parent
    return False


def _typable(tree: exp.Expr) -> exp.Expr:
    """Leave out what inference does not know: aggregates of ours are numbers, or what they are over."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.AnonymousAggFunc) and str(node.this).startswith(_GOVERNED):
            word = str(node.this)[len(_GOVERNED) :]
            return (
                exp.Max(this=node.expressions[0].copy()) if word in ("MIN", "MAX") else exp.Literal.number(1)
            )
        return node

    return tree.copy().transform(change, copy=False)
