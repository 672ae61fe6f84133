"""SQL as a field writes it: parsed, its template filled in, typed, and its references put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.templates import is_templated
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.filters.target import Target
from holoscope.query.templates import Section, apply_sections, fill, render
from holoscope.query.types import UNKNOWN, type_of, word_of
from holoscope.query.value import Value
from holoscope.query.wall import wall_of
from holoscope.sql.inference import infer_tree, infer_type
from holoscope.sql.marks import section_index
from holoscope.sql.parse import BadSql, Template, parse_template, reference_index
from holoscope.sql.quoting import identifier
from holoscope.sql.trees import atom, copy_of, replaced

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


@dataclass(frozen=True, slots=True)
class Written:
    """SQL of `view`, parsed and filled in. `sections` wait for what their bodies turn out to be.

    `text` is all there is to know about its type; None where values have been filled in.
    """

    view: str
    template: Template
    text: str | None = None
    sections: tuple[Section, ...] = ()

    def around(self, template: Template) -> Written:
        """Give a part of it, whose type its text alone does not tell."""
        return replace(self, template=template, text=None)


def read_sql(resolver: Resolver, text: str, view: str, names: dict[str, str] | None = None) -> Written:
    """Parse SQL of `view`, its template filled in for this query; `names` renames views.

    Raises:
        BadSql: it does not parse.
    """
    dialect = resolver.context.dialect.name
    if not is_templated(text):
        return Written(view, parse_template(text, dialect), text)
    resolver.for_this_query_alone()
    rendered = render(
        text, resolver.context, resolver.asked, lambda name: resolver.lookup.meant(name, view, names)
    )
    try:
        template = fill(parse_template(rendered.text, dialect), rendered)
    except BadSql as error:
        raise BadSql(f"{error.detail.partition(': ')[0]}, filled in: {text!r}") from error
    return Written(view, template, None, tuple(rendered.sections))


def type_of_sql(resolver: Resolver, written: Written, references: Sequence[Value]) -> ColumnType:
    """Infer what SQL yields from the values of its references."""
    template, dialect = written.template, resolver.context.dialect.name
    own = tuple(
        (name, word_of(resolver.columns.type_of(written.view, name))) for name in template.own_columns
    )
    words = tuple(word_of(value.type) for value in references)
    if written.text is not None:
        return type_of(infer_type(written.text, dialect, words, own))
    return type_of(infer_tree(template.tree, dialect, words, own))


def filled_in(resolver: Resolver, tree: exp.Expr, written: Written, references: Sequence[Value]) -> exp.Expr:
    """Put values in the place of references in a part of SQL, qualify its columns, settle its sections."""
    tree = _substituted(resolver, tree, written.view, references)
    return _with_sections(resolver, tree, written, references) if written.sections else tree


def _substituted(resolver: Resolver, tree: exp.Expr, view: str, references: Sequence[Value]) -> exp.Expr:
    names = _own_names(resolver, view)

    def change(node: exp.Expr) -> exp.Expr:
        index = reference_index(node)
        if index is not None:
            return atom(copy_of(references[index].tree))
        if not isinstance(node, exp.Column):
            return node
        first, *inner = node.parts
        index = reference_index(exp.Column(this=first)) if inner else None
        if inner and first.name.lower() in names:
            first, *inner = inner
        elif inner and index is None and resolver.columns.type_of(view, first.name) is UNKNOWN:
            return node
        whole: exp.Expr = exp.Column(this=first.copy(), table=identifier(view))
        if index is not None:
            whole = atom(copy_of(references[index].tree))
        for part in inner:  # a child of a structure
            whole = exp.Dot(this=whole, expression=part.copy())
        return whole

    return replaced(tree, change)


def _own_names(resolver: Resolver, view: str) -> frozenset[str]:
    found = resolver.model.views[view]
    return frozenset(name.lower() for name in (view, found.table_name, found.alias_of) if name)


def _with_sections(
    resolver: Resolver, tree: exp.Expr, written: Written, references: Sequence[Value]
) -> exp.Expr:
    """Turn the sections of a filled-in template into conditions about their bodies."""
    bodies = {section_index(node): node for node in written.template.tree.find_all(exp.Anonymous)}

    def about(number: int, body: exp.Expr, section: Section) -> Target:
        inner = bodies[number].expressions[0]
        indexes = [reference_index(node) for node in inner.find_all(exp.Column)]
        convertible = all(references[index].convertible for index in indexes if index is not None)
        part = replace(written, template=replace(written.template, tree=inner))
        kind = type_of_sql(resolver, part, references)
        if kind.data_type is DataType.UNKNOWN:
            kind = ColumnType(section.kind)
        value = Value(atom(body), kind, frozenset(), convertible)
        wall = atom(wall_of(resolver, value))
        return Target(section.name, value.tree, kind, wall=wall, shifted=convertible or kind.has_zone)

    return apply_sections(tree, written.sections, about, resolver.context)
