"""Which columns that look like keys are none: asked of the rows, before anything is built on them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import timedelta

import duckdb
from sqlglot import exp

from holoscope.modeling.tables import Place

_AT_ONCE = 50


def find_repeated(
    connection: duckdb.DuckDBPyConnection, places: Iterable[Place], time_limit: timedelta
) -> frozenset[Place]:
    """Return the columns in which a value repeats or is missing; what time does not suffice for is not in it.

    A view that cannot be read says nothing about its columns either.
    """
    cursor = connection.cursor()
    is_over = threading.Event()

    def stop() -> None:
        is_over.set()
        cursor.interrupt()

    watch = threading.Timer(time_limit.total_seconds(), stop)
    watch.daemon = True
    watch.start()
    found: set[Place] = set()
    asked = list(places)
    try:
        for start in range(0, len(asked), _AT_ONCE):
            found |= _repeated(cursor, asked[start : start + _AT_ONCE], is_over)
    finally:
        watch.cancel()
        cursor.close()
    return frozenset(found)


def _repeated(cursor: duckdb.DuckDBPyConnection, places: list[Place], is_over: threading.Event) -> set[Place]:
    """Ask about several columns at once; one by one when one of them cannot be read."""
    if is_over.is_set():
        return set()
    questions = [_question(place, number) for number, place in enumerate(places)]
    asked = questions[0] if len(questions) == 1 else exp.union(*questions, distinct=False)
    try:
        answers = cursor.execute(asked.sql("duckdb")).fetchall()
    except duckdb.Error:
        if len(places) == 1:
            return set()
        return set().union(*(_repeated(cursor, [place], is_over) for place in places))
    return {places[number] for number, is_key in answers if not is_key}


def _question(place: Place, number: int) -> exp.Select:
    """Ask whether every row has a value of its own; the answer carries the number."""
    column = exp.column(place.column, quoted=True)
    table = exp.table_(place.table, db=place.schema, quoted=True)
    own = exp.Count(this=exp.Distinct(expressions=[column]))
    return exp.select(exp.convert(number), exp.EQ(this=exp.Count(this=exp.Star()), expression=own)).from_(
        table
    )
