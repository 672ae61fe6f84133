"""Which columns that look like keys are none: asked of the rows, before anything is built on them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from sqlglot import exp

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.modeling.tables import Place

_AT_ONCE = 50


class Ask(Protocol):
    """Run a statement of ours and return its rows; raises as `Execution.open`."""

    def __call__(self, sql: str, timeout: timedelta) -> list[tuple[Any, ...]]: ...


def find_repeated(ask: Ask, places: Iterable[Place], time_limit: timedelta) -> frozenset[Place]:
    """Return the columns in which a value repeats or is missing; what time does not suffice for is not in it.

    A view that cannot be read says nothing about its columns either.
    """
    until = time.monotonic() + time_limit.total_seconds()
    found: set[Place] = set()
    asked = list(places)
    with suppress(RunKilled):
        for start in range(0, len(asked), _AT_ONCE):
            found |= _repeated(ask, asked[start : start + _AT_ONCE], until)
    return frozenset(found)


def _repeated(ask: Ask, places: list[Place], until: float) -> set[Place]:
    """Ask about several columns at once; one by one when one of them cannot be read."""
    questions = [_question(place, number) for number, place in enumerate(places)]
    asked = questions[0] if len(questions) == 1 else exp.union(*questions, distinct=False)
    try:
        answers = ask(asked.sql("duckdb"), timedelta(seconds=max(until - time.monotonic(), 0)))
    except WarehouseError:
        if len(places) == 1:
            return set()
        return set().union(*(_repeated(ask, [place], until) for place in places))
    return {places[number] for number, is_key in answers if not is_key}


def _question(place: Place, number: int) -> exp.Select:
    """Ask whether every row has a value of its own; the answer carries the number."""
    column = exp.column(place.column, quoted=True)
    table = exp.table_(place.table, db=place.schema, quoted=True)
    own = exp.Count(this=exp.Distinct(expressions=[column]))
    return exp.select(exp.convert(number), exp.EQ(this=exp.Count(this=exp.Star()), expression=own)).from_(
        table
    )
