"""Row-level SQL of the model: one expression over columns, with what must be known about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.query.inherited_masks import masks_behind, masks_read
from holoscope.query.inner import dimensionalized
from holoscope.query.types import UNKNOWN
from holoscope.query.value import NOT_READ, Value, is_inner
from holoscope.query.written import Written, filled_in, read_sql, type_of_sql
from holoscope.sql.markers import lower_markers
from holoscope.sql.parse import reference_index
from holoscope.sql.quoting import column
from holoscope.sql.verbatim import is_verbatim, read_verbatim

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def row_value(
    resolver: Resolver, text: str, view: str, chain: tuple[str, ...], names: dict[str, str] | None
) -> Value:
    """Compile row-level SQL written in `view`; `names` renames views (join aliases).

    Raises:
        BadSql, InvalidQuery: it does not parse, or refers to what no row has.
    """
    if is_verbatim(text):
        return _verbatim(resolver, text, view, chain)
    written = read_sql(resolver, text, view, names)
    template = written.template
    cut = dimensionalized(resolver, written, chain)
    if cut is not None:
        # What is aggregated inside is masked like what it reads.
        return replace(_around_inner(resolver, *cut, written, chain), masks=masks_read(resolver, written))
    parts = [resolver.reference(_renamed(name, names), view, chain) for name in template.references]
    views = frozenset().union(*(part.views for part in parts))
    if template.own_columns:
        views |= {view}
    masks = masks_behind(resolver, view, template.own_columns).union(*(part.masks for part in parts))
    kind = type_of_sql(resolver, written, parts)
    tree = filled_in(resolver, template.tree, written, parts)
    return Value(tree, kind, views, _is_convertible(resolver, view, template.own_columns, parts), masks)


def _is_convertible(resolver: Resolver, view: str, own: tuple[str, ...], parts: list[Value]) -> bool:
    instants = all(resolver.columns.is_instant(view, name) for name in own)
    return instants and all(part.convertible for part in parts)


def _verbatim(resolver: Resolver, text: str, view: str, chain: tuple[str, ...]) -> Value:
    """Take SQL as it stands, references filled in; what it yields is unknown unless it is declared."""
    found, dialect = read_verbatim(text), resolver.context.dialect
    parts = [resolver.reference(name, view, chain) for name in found.references]
    if any(is_inner(name) for part in parts for name in part.views):
        message = "DO NOT PARSE cannot refer to a level of detail or to the first values of a ranking"
        raise InvalidQuery(f"{message}: {text!r}")
    views = frozenset((view,)).union(*(part.views for part in parts))
    texts = [dialect.render(lower_markers(part.tree, dialect)) for part in parts]
    reads = [node for part in parts for node in part.tree.find_all(exp.Column)]
    tree = found.tree(texts, [*reads, *(column("*", name) for name in sorted(views))])
    # Its text is not looked into: it may show every column of a view over a query.
    body = resolver.model.views[view].query
    masks = masks_behind(resolver, view, body.fields.values() if body is not None else ())
    masks = masks.union(*(part.masks for part in parts))
    return Value(tree, UNKNOWN, views, all(part.convertible for part in parts), masks)


def _around_inner(
    resolver: Resolver, tree: exp.Expr, inner: list[Value], written: Written, chain: tuple[str, ...]
) -> Value:
    """Compile row-level SQL around values that are known already; only what it reads itself counts."""
    view = written.view
    columns = list(tree.find_all(exp.Column))
    used = {index for node in columns if (index := reference_index(node)) is not None}
    parts = [
        resolver.reference(name, view, chain) if number in used else NOT_READ
        for number, name in enumerate(written.template.references)
    ] + inner
    own = tuple(dict.fromkeys(node.name for node in columns if reference_index(node) is None))
    views = frozenset().union(*(part.views for part in parts)) | ({view} if own else frozenset())
    rest = written.around(replace(written.template, tree=tree, own_columns=own))
    kind = type_of_sql(resolver, rest, parts)
    filled = filled_in(resolver, tree, rest, parts)
    return Value(filled, kind, views, _is_convertible(resolver, view, own, parts))


def _renamed(name: str, names: dict[str, str] | None) -> str:
    """Apply the view names of an aliased join to a reference."""
    view, dot, rest = name.partition(".")
    return f"{(names or {}).get(view, view)}.{rest}" if dot else name
