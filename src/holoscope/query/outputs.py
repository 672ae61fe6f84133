"""The columns of a query's result over its keys and calls, times as values and as text."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from holoscope.query.plan.node import Output, key_column
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import Column, ResolvedMeasure
from holoscope.query.times import grain_text
from holoscope.sql.markers import wall_clock
from holoscope.sql.trees import copy_of


def outputs_of(columns: Sequence[Column], resolver: Resolver) -> tuple[Output, ...]:
    """Give the columns in the order asked; the text of formatted grains comes after all others."""
    outputs: list[Output] = []
    texts: list[Output] = []
    number = 0
    for item in columns:
        if isinstance(item, ResolvedMeasure):
            outputs.append(Output(f"{item.name}__raw" if item.is_time else item.name, item.tree))
            if item.is_time:
                texts.append(Output(item.name, time_text(item, resolver)))
            continue
        key = exp.column(key_column(number))
        number += 1
        if item.formatted is None or item.grain is None:
            outputs.append(Output(item.name, key))
            continue
        outputs.append(Output(f"{item.name}__raw", key))
        texts.append(Output(item.name, grain_text(resolver, copy_of(key), item.grain)))
    return (*outputs, *texts)


def time_text(item: ResolvedMeasure, resolver: Resolver) -> exp.Expr:
    """Write the least or greatest time as text, on the query's clock."""
    time = copy_of(item.tree)
    if item.type.has_zone:
        time = wall_clock(time, resolver.context.clock.zone, has_zone=True)
    return resolver.context.dialect.format_time(time, "timestamp")
