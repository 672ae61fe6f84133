"""What a value's masks come from: the fields that a measure, SQL, or a view over a query reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.fields import Measure
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.types import Aggregate, ColumnType
from holoscope.query.masks import is_masked, masks_of
from holoscope.query.types import STRING
from holoscope.query.written import Written, read_sql
from holoscope.sql.parse import reference_index
from holoscope.sql.trees import copy_of
from holoscope.sql.verbatim import is_verbatim

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def shown_measure(resolver: Resolver, found: Measure) -> tuple[exp.Expr, ColumnType]:
    """As `measure_tree`, a digest where this asker may not see the value."""
    tree, kind = resolver.measure_tree(found)
    if not is_masked(resolver, measure_masks(resolver, found)):
        return tree, kind
    return resolver.context.dialect.digest(copy_of(tree)), STRING


def measure_masks(resolver: Resolver, found: Measure) -> frozenset[tuple[str, ...]]:
    """Give what a measure asks for: counts tell no value, all else is as masked as what it reads."""
    if not _has_masks(resolver):
        return frozenset()
    inherited: frozenset[tuple[str, ...]] = frozenset()
    if found.mask_unless_access_grants is None and found.sql is not None:
        if found.aggregate is None:
            inherited = _derived_masks(resolver, found, found.sql)
        elif found.aggregate not in (Aggregate.COUNT, Aggregate.COUNT_DISTINCT):
            inherited = resolver.expression(found.sql, found.view).masks
    return masks_of(found, inherited)


def _derived_masks(resolver: Resolver, found: Measure, sql: str) -> frozenset[tuple[str, ...]]:
    if is_verbatim(sql):
        return resolver.expression(sql, found.view).masks
    return masks_read(resolver, read_sql(resolver, sql, found.view))


def masks_read(resolver: Resolver, written: Written) -> frozenset[tuple[str, ...]]:
    """Give the masks of everything SQL refers to, but for what it only counts."""
    if not _has_masks(resolver):
        return frozenset()
    template, view = written.template, written.view
    columns = [
        column for column in template.tree.find_all(exp.Column) if column.find_ancestor(exp.Count) is None
    ]
    shown = {reference_index(column) for column in columns}
    own = [str(part.name) for column in columns for part in column.parts]
    masks = masks_behind(resolver, view, own)
    for position, name in enumerate(template.references):
        target = resolver.lookup.find(resolver.lookup.qualify(split_grain(name)[0], view), direct=False)
        if isinstance(target, Measure):
            masks |= measure_masks(resolver, target)
        elif position in shown:
            masks |= resolver.reference(name, view).masks
    return masks


def masks_behind(resolver: Resolver, view: str, columns: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Give the masks of the fields that columns of a view over a query stand for."""
    body = resolver.model.views[view].query
    if body is None or not _has_masks(resolver):
        return frozenset()
    wanted = {name.lower() for name in columns}
    masks: frozenset[tuple[str, ...]] = frozenset()
    for name, alias in body.fields.items():
        if alias.lower() not in wanted:
            continue
        found = resolver.lookup.find(split_grain(name)[0], direct=False)
        if isinstance(found, Measure):
            masks |= measure_masks(resolver, found)
        elif found is not None:
            masks |= resolver.reference(name, found.view).masks
    return masks


def _has_masks(resolver: Resolver) -> bool:
    """Tell whether any field of the model is masked."""
    known = resolver.model.derived.get("has masks")
    if known is None:
        fields = (item for view in resolver.model.views.values() for item in view.fields)
        known = any(item.mask_unless_access_grants for item in fields)
        resolver.model.derived["has masks"] = known
    return bool(known)


def is_masked_field(resolver: Resolver, name: str) -> bool:
    """Tell whether this asker sees digests of `view.field`; so does one that cannot be worked out."""
    found = resolver.lookup.find(name, direct=False)
    try:
        if isinstance(found, Measure):
            return is_masked(resolver, measure_masks(resolver, found))
        return found is not None and is_masked(resolver, resolver.raw(found).masks)
    except HoloscopeError:
        return True
