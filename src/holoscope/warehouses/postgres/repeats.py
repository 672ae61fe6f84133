"""Which columns that look like keys are none: asked of the rows, before anything is built on them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import timedelta

import pyarrow as pa
from sqlglot import exp

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.modeling.tables import Place

_AT_ONCE = 20
Ask = Callable[[str, timedelta], pa.Table]


def find_repeated(ask: Ask, places: Iterable[Place], time_limit: timedelta) -> frozenset[Place]:
    """Return the columns in which a value repeats or is missing; what time does not suffice for is not in it.

    A view that cannot be read says nothing about its columns either.
    """
    deadline = time.monotonic() + time_limit.total_seconds()
    found: set[Place] = set()
    asked = list(places)
    for start in range(0, len(asked), _AT_ONCE):
        found |= _repeated(ask, asked[start : start + _AT_ONCE], deadline)
    return frozenset(found)


def _repeated(ask: Ask, places: list[Place], deadline: float) -> set[Place]:
    """Ask about several columns at once; one by one when one of them cannot be read."""
    left = deadline - time.monotonic()
    if left <= 0:
        return set()
    questions = [_question(place, number) for number, place in enumerate(places)]
    sql = " UNION ALL ".join(question.sql("postgres") for question in questions)
    try:
        answers = ask(sql, timedelta(seconds=left)).to_pylist()
    except RunKilled:
        return set()
    except WarehouseError:
        if len(places) == 1:
            return set()
        return set().union(*(_repeated(ask, [place], deadline) for place in places))
    return {places[answer["n"]] for answer in answers if not answer["is_key"]}


def _question(place: Place, number: int) -> exp.Select:
    """Ask whether every row has a value of its own; the answer carries the number."""
    column = exp.column(place.column, quoted=True)
    table = exp.table_(place.table, db=place.schema, quoted=True)
    own = exp.Count(this=exp.Distinct(expressions=[column]))
    is_key = exp.EQ(this=exp.Count(this=exp.Star()), expression=own)
    return exp.select(exp.alias_(exp.convert(number), "n"), exp.alias_(is_key, "is_key")).from_(table)
