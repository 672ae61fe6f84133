"""Answers of several topics side by side: full outer joins on the dimensions, NULL meeting NULL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.query.composites.members import ALWAYS, Answer
from holoscope.sql.markers import keys_meet


@dataclass(frozen=True, slots=True)
class Joined:
    """The joined answers: a SELECT without columns, and where each dimension and measure is found."""

    select: exp.Select
    keys: dict[int, exp.Expr]
    orders: dict[int, exp.Expr]
    measures: dict[tuple[str, str], exp.Expr]


def join_answers(answers: Sequence[Answer], flags: frozenset[int]) -> Joined:
    """Join answers on the dimensions they know.

    A dimension of `flags` that an answer does not know is not NULL there but absent: such rows meet
    only rows that do not know it either. Without flags they meet every value of it.

    Raises:
        InvalidQuery: rows would have to be repeated for two dimensions at once, in no certain order.
    """
    ordered = list(answers) if flags else _finest_first(answers)
    first, *others = ordered
    select = exp.select().from_(first.select.subquery("q0", copy=False), copy=False)
    keys = {number: [exp.column(f"d{number}", "q0")] for number in first.dimensions}
    marks = {number: [exp.column(f"f{number}", "q0")] for number in flags}
    constant: list[exp.Expr] = [exp.column(ALWAYS, "q0")]
    for position, answer in enumerate(others, start=1):
        name = f"q{position}"
        meets: list[exp.Expr] = []
        for number, known in marks.items():
            meets.append(exp.EQ(this=_first(known), expression=exp.column(f"f{number}", name)))
            known.append(exp.column(f"f{number}", name))
        for number in answer.dimensions:
            column = exp.column(f"d{number}", name)
            if number in keys:
                meets.append(keys_meet(_first(keys[number]), column.copy(), alike=False))
            keys.setdefault(number, []).append(column)
        select = _join(select, answer, name, meets, constant)
        constant.append(exp.column(ALWAYS, name))
    return Joined(
        select=select,
        keys={number: _first(columns) for number, columns in keys.items()},
        orders=_orders(ordered),
        measures={
            (answer.topic, field): exp.column(f"m{number}", f"q{position}")
            for position, answer in enumerate(ordered)
            for field, (number, _) in answer.measures.items()
        },
    )


def _join(
    select: exp.Select, answer: Answer, name: str, meets: list[exp.Expr], constant: list[exp.Expr]
) -> exp.Select:
    """Nothing shared: every row of one beside every row of the other, none lost where one has none."""
    on = meets or [exp.EQ(this=_first(constant), expression=exp.column(ALWAYS, name))]
    source = answer.select.subquery(name, copy=False)
    return select.join(source, on=exp.and_(*on, copy=False), join_type="FULL", copy=False)


def _orders(answers: Sequence[Answer]) -> dict[int, exp.Expr]:
    found: dict[int, list[exp.Expr]] = {}
    for position, answer in enumerate(answers):
        for number in answer.sort_columns:
            found.setdefault(number, []).append(exp.column(f"s{number}", f"q{position}"))
    return {number: _first(columns) for number, columns in found.items()}


def _finest_first(answers: Sequence[Answer]) -> list[Answer]:
    """Order so that every answer knows no dimension that the one before it does not know."""
    ordered = sorted(answers, key=lambda answer: -len(answer.dimensions))
    for finer, coarser in pairwise(ordered):
        if not coarser.dimensions.keys() <= finer.dimensions.keys():
            raise InvalidQuery(
                f'The topics "{finer.topic}" and "{coarser.topic}" each lack a dimension the other has: '
                "leave one of the two dimensions out."
            )
    return ordered


def _first(columns: Sequence[exp.Expr]) -> exp.Expr:
    """Take the value from whichever answer has the row."""
    if len(columns) == 1:
        return columns[0].copy()
    head, *rest = (column.copy() for column in columns)
    return exp.Coalesce(this=head, expressions=rest)
