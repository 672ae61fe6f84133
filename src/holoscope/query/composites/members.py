"""One member of a composite topic, asked by its own rules: row rules, always filters, grants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.query.built import Built
from holoscope.query.generate import generate
from holoscope.query.plan.node import Output, key_column
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure
from holoscope.query.spec import FieldFilter, QuerySpec, Sort
from holoscope.sql.trees import copy_of

Build = Callable[[QuerySpec], Built]
ALWAYS = "j"
"""A column that is the same in every row."""


@dataclass(slots=True)
class Member:
    """What is asked of one topic. Its dimensions stand under the numbers they have in the whole query."""

    topic: str
    dimensions: dict[int, str] = field(default_factory=dict)
    measures: list[str] = field(default_factory=list)
    filters: list[FieldFilter] = field(default_factory=list)
    ordered: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """A member's answer: a SELECT of columns `d<n>`, `s<n>`, `m<n>` and `f<n>`, and what they are.

    `sort_columns` are the dimensions that are ordered by an `s<n>` of their own.
    """

    topic: str
    select: exp.Query
    dimensions: dict[int, ResolvedDimension]
    measures: dict[str, tuple[int, ResolvedMeasure]]
    sort_columns: frozenset[int]
    built: Built


def ask(member: Member, build: Build, flags: Iterable[int]) -> Answer:
    """Ask a member for fields that exist there.

    For each dimension of `flags` a column `f<n>` says whether the member knows it.
    """
    built = build(
        QuerySpec(
            fields=tuple(dict.fromkeys((*member.dimensions.values(), *member.measures))),
            topic=member.topic,
            filters=tuple(member.filters),
            sorts=tuple(Sort(member.dimensions[number]) for number in member.ordered),
            limit_rows=None,
        )
    )
    keys: dict[str, tuple[int, ResolvedDimension]] = {}
    measures: dict[str, tuple[int, ResolvedMeasure]] = {}
    for item in built.columns:
        if isinstance(item, ResolvedDimension):
            keys[item.name] = (len(keys), item)
        else:
            measures[item.name] = (len(measures), item)
    dimensions = {number: keys[name] for number, name in member.dimensions.items()}
    outputs = [Output(f"d{n}", exp.column(key_column(position))) for n, (position, _) in dimensions.items()]
    outputs += [Output(f"m{number}", copy_of(item.tree)) for number, item in measures.values()]
    helpers = _sort_columns(member, built, len(keys))
    outputs += helpers
    outputs += [Output(f"f{number}", _flag(number in dimensions)) for number in flags]
    outputs.append(Output(ALWAYS, _flag(True)))
    plan = replace(built.plan, outputs=tuple(outputs), order=(), limit_rows=None, offset_rows=0)
    return Answer(
        topic=member.topic,
        select=generate(plan),
        dimensions={number: item for number, (_, item) in dimensions.items()},
        measures=measures,
        sort_columns=frozenset(int(one.name.removeprefix("s")) for one in helpers),
        built=built,
    )


def _sort_columns(member: Member, built: Built, keys: int) -> list[Output]:
    """Give what the ordered dimensions are ordered by, where it is not the dimension itself."""
    own = {key_column(number) for number in range(keys)}
    return [
        Output(f"s{number}", copy_of(order.value))
        for number, order in zip(member.ordered, built.plan.order, strict=True)
        if not (isinstance(order.value, exp.Column) and order.value.name in own)
    ]


def _flag(value: bool) -> exp.Expr:
    return exp.Literal.number(int(value))
