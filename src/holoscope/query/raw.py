"""A dimension's value before any timeframe: its column or SQL, in bands, ranked, as the model says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.fields import Dimension
from holoscope.modeling.types import Aggregate, ColumnType
from holoscope.query.bands import band_label, is_banded
from holoscope.query.inherited_masks import masks_behind
from holoscope.query.inner import level_of_detail, top_values
from holoscope.query.masks import masks_of
from holoscope.query.types import NUMBER, STRING, UNKNOWN
from holoscope.query.value import Value, counted_views
from holoscope.sql.quoting import column
from holoscope.sql.trees import cast

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def raw_value(resolver: Resolver, found: Dimension, chain: tuple[str, ...]) -> Value:
    """Give a dimension's value; `chain` names the fields it is asked for by, itself the last."""
    if found.duration is not None:  # without a unit it is no number
        return Value(cast(exp.Null(), "double"), NUMBER, frozenset((found.view,)))
    value, top = _plain(resolver, found, chain), found.dynamic_top_n
    if top is None:
        return value
    return replace(top_values(resolver, found, value, top, top.n, chain), masks=value.masks)


def top_value(resolver: Resolver, found: Dimension, n: int) -> Value:
    """As `raw`, with the first `n` values kept where the dimension ranks them; else `n` means nothing."""
    if found.dynamic_top_n is None:
        return resolver.raw(found)
    chain = (found.qualified_name,)
    value = _plain(resolver, found, chain)
    return replace(top_values(resolver, found, value, found.dynamic_top_n, n, chain), masks=value.masks)


def _plain(resolver: Resolver, found: Dimension, chain: tuple[str, ...]) -> Value:
    """Give a dimension's values before any ranking of them."""
    value = stored_value(resolver, found, chain)
    value = replace(value, masks=masks_of(found, value.masks))
    if not is_banded(found):
        return value
    return replace(value, tree=band_label(found, value.tree, value.type, resolver.context), type=STRING)


def stored_value(resolver: Resolver, found: Dimension, chain: tuple[str, ...]) -> Value:
    """Give what the column, the dimension's own SQL, or its level of detail holds."""
    if found.level_of_detail is not None:
        value, operand = level_of_detail(resolver, found, found.level_of_detail, chain), found.sql
        counts = found.level_of_detail.aggregate in (Aggregate.COUNT, Aggregate.COUNT_DISTINCT)
        masks = (
            frozenset()
            if operand is None or counts
            else resolver.expression(operand, found.view, chain).masks
        )
        return replace(value, convertible=found.convert_tz and value.convertible, masks=masks)
    declared = _declared(resolver, found)
    if found.sql is None:
        kind = declared or resolver.columns.type_of(found.view, found.name)
        convertible = found.convert_tz and resolver.columns.is_instant(found.view, found.name)
        masks = masks_behind(resolver, found.view, (found.name,))
        return Value(column(found.name, found.view), kind, frozenset((found.view,)), convertible, masks)
    value = resolver.expression(found.sql, found.view, chain)
    kind = value.type if declared is None or declared.data_type is value.type.data_type else declared
    views = counted_views(found.view, value)
    return Value(value.tree, kind, views, found.convert_tz and value.convertible, value.masks)


def _declared(resolver: Resolver, found: Dimension) -> ColumnType | None:
    """Give the declared type; what the column itself says of dates and zones still holds."""
    if found.type is None:
        return None
    stored = UNKNOWN if found.sql is not None else resolver.columns.type_of(found.view, found.name)
    return stored if stored.data_type is found.type else ColumnType(found.type)
