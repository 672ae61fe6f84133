"""Times of a query: which grains a field has, and its value at one, on the clock of the query's zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.fields import Dimension
from holoscope.modeling.timeframes import DURATIONS, GRAINS, Grain, GrainKind
from holoscope.modeling.types import DataType
from holoscope.query.calendars import at_grain, calendar_of, is_offered
from holoscope.query.durations import duration_in
from holoscope.query.fiscal import day_of_quarter, fiscal_label, fiscal_start
from holoscope.query.types import NUMBER, STRING, WALL_TIME
from holoscope.query.value import Value
from holoscope.query.wall import shown_time, wall_of
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def grain_of(resolver: Resolver, found: Dimension, raw: Value, word: str) -> Grain | None:
    """Give the grain, or the unit of a duration, that `word` means for a field; None for none."""
    if found.duration is not None:
        return DURATIONS.get(word)
    grain = GRAINS.get(word)
    if grain is None or raw.type.data_type not in (DataType.TIMESTAMP, DataType.UNKNOWN):
        return None
    calendar = calendar_of(found, resolver.model)
    if calendar is not None and not is_offered(calendar, grain):
        return None
    if grain.needs_fiscal and resolver.model.fiscal_month_offset is None:
        return None
    return None if grain.needs_clock and raw.type.date_only else grain


def value_at(
    resolver: Resolver, raw: Value, grain: Grain, found: Dimension, chain: tuple[str, ...] = ()
) -> Value:
    """Give a field's value at one of its grains, `raw` being its value as stored."""
    dialect = resolver.context.dialect
    if grain.kind is GrainKind.ELAPSED:
        return duration_in(resolver, found, grain.name, chain)
    mapped = at_grain(resolver, raw, grain, found)
    if mapped is not None:
        return mapped
    week_start = resolver.week_start_of(found)
    if grain.kind is GrainKind.RAW:
        return shown_time(resolver, raw)
    if grain.kind is GrainKind.TRUNCATED:
        if grain.needs_fiscal:
            tree = fiscal_start(wall_of(resolver, raw), grain.name, _fiscal_offset(resolver), dialect)
        else:
            tree = dialect.truncate(wall_of(resolver, raw), grain.name, week_start=week_start)
        kind = replace(WALL_TIME, native="date") if grain.name == "date" else WALL_TIME
    elif grain.kind is GrainKind.NUMBER:
        # The epoch is an instant: no zone moves it.
        time = copy_of(raw.tree) if grain.name == "epoch" else wall_of(resolver, raw)
        if grain.name == "day_of_quarter":
            # A field with a calendar of its own has no fiscal year.
            offset = None if found.custom_calendar else resolver.model.fiscal_month_offset
            tree = day_of_quarter(time, offset, dialect)
        else:
            tree = dialect.extract(time, grain.name, week_start=week_start)
        kind = NUMBER
    else:
        tree, kind = dialect.format_time(wall_of(resolver, raw), grain.name), STRING
    return Value(tree, kind, raw.views, masks=raw.masks)


def grain_text(resolver: Resolver, start: exp.Expr, grain: Grain) -> exp.Expr:
    """Write the first moment of a grain's period as people read it."""
    dialect = resolver.context.dialect
    if grain.needs_fiscal:
        return fiscal_label(start, grain.name, _fiscal_offset(resolver), dialect)
    return dialect.format_time(start, grain.name)


def _fiscal_offset(resolver: Resolver) -> int:
    return resolver.model.fiscal_month_offset or 0
