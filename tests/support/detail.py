"""A second opinion on inner aggregations: nested loops over joined rows, with definitions of its own.

Nothing of the compiler or of the model's SQL is read here. Every view of a topic is joined to every row;
that repeats rows and never loses one, since the topics used join by LEFT alone, and each aggregate
counts a combination of the rows it reads once, whatever the joins repeat.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

Joined = dict[str, dict[str, Any] | None]
Rows = list[Joined]
Test = Callable[[Joined], bool]

JOINS: dict[str, list[tuple[str, str, str, str, str]]] = {
    # topic: (view, its table, its column, the view joined to, that view's column)
    "rides": [
        ("start_stations", "stations", "id", "trips", "start_station_id"),
        ("riders", "riders", "id", "trips", "rider_id"),
    ],
    "all_riders": [
        ("trips", "trips", "rider_id", "riders", "id"),
        ("start_stations", "stations", "id", "trips", "start_station_id"),
        ("invoices", "invoices", "rider_id", "riders", "id"),
    ],
    "billing": [
        ("riders", "riders", "id", "invoices", "rider_id"),
        ("trips", "trips", "rider_id", "riders", "id"),
    ],
    "real_rides": [("riders", "riders", "id", "trips", "rider_id")],
    "regional": [
        ("start_stations", "stations", "id", "trips", "start_station_id"),
        ("riders", "riders", "id", "trips", "rider_id"),
    ],
}
BASE = {
    "rides": "trips",
    "all_riders": "riders",
    "billing": "invoices",
    "real_rides": "trips",
    "regional": "trips",
}


def cell(joined: Joined, name: str) -> Any:
    """The value of `view.column`, NULL where the row is missing; `[month]` gives its month."""
    base, _, grain = name.partition("[")
    view, _, column = base.partition(".")
    row = joined.get(view)
    value = None if row is None else row[column]
    if grain and value is not None:
        return datetime(value.year, value.month, 1)
    return value


RULES: dict[str, Test] = {
    "real_rides": lambda j: not cell(j, "trips.is_test") and cell(j, "riders.country") is not None,
    "regional": lambda j: cell(j, "start_stations.region") == "N",
}


@dataclass(frozen=True)
class Detail:
    """An inner aggregation of the value of one column."""

    aggregate: str
    operand: str
    grouping: str
    fields: tuple[str, ...] = ()
    cancels: bool = False
    key: str | None = None
    only: Test | None = None


@dataclass(frozen=True)
class Ranking:
    """The first `n` values by a measure, the rest under a name."""

    value: str
    by: str
    n: int
    other: str | None
    descending: bool = True


@dataclass(frozen=True)
class Measured:
    """A measure. `rows` are the views whose rows tell its values apart, `grain` the fields that do."""

    aggregate: str
    operand: Callable[[Joined, Context], Any]
    rows: tuple[str, ...] = ()
    grain: tuple[str, ...] = ()
    only: Callable[[Joined, Context], bool] = lambda joined, context: True
    cancels: frozenset[str] = frozenset()
    keyed: bool = False
    details: tuple[str, ...] = ()


@dataclass
class Question:
    """One query and what it is asked of."""

    topic: str
    dimensions: list[str]
    measures: list[str]
    filters: dict[str, Callable[[Any], bool]]
    totals: list[int] = field(default_factory=list)
    having: str | None = None
    passes: Callable[[Any], bool] = bool


@dataclass
class Library:
    """The fields that are not columns."""

    details: dict[str, Detail]
    rankings: dict[str, Ranking]
    computed: dict[str, tuple[tuple[str, ...], Callable[[Joined, Context], Any]]]
    measures: dict[str, Measured]

    def inner(self, name: str) -> list[str]:
        """The inner aggregations a dimension reads."""
        if name in self.details or name in self.rankings:
            return [name]
        return list(self.computed[name][0]) if name in self.computed else []

    def follows(self, name: str) -> bool:
        """Whether a dimension's value depends on the query's grouping."""
        return any(one in self.details and self.details[one].grouping != "fixed" for one in self.inner(name))


def join(topic: str, tables: dict[str, list[dict[str, Any]]]) -> Rows:
    rows: Rows = [{BASE[topic]: row} for row in tables[BASE[topic]]]
    for view, table, column, left, left_column in JOINS[topic]:
        joined: Rows = []
        for row in rows:
            wanted = cell(row, f"{left}.{left_column}")
            found = [one for one in tables[table] if wanted is not None and one[column] == wanted]
            joined += [{**row, view: one} for one in found or [None]]
        rows = joined
    return rows


@dataclass
class Context:
    """Values at one level: what the rows are grouped by, and which filters are cancelled."""

    library: Library
    question: Question
    rows: Rows
    dimensions: list[str]
    cancelled: frozenset[str] = frozenset()
    memo: dict[Any, Any] = field(default_factory=dict)

    def value(self, joined: Joined, name: str) -> Any:
        library = self.library
        if name in library.details:
            return self.detail(joined, name)
        if name in library.rankings:
            return self.ranked(joined, library.rankings[name])
        if name in library.computed:
            return library.computed[name][1](joined, self)
        return cell(joined, name)

    def kept(self, *, cancel_all: bool = False) -> Rows:
        """Rows an inner aggregation sees: rules, and the filters on columns that are not cancelled."""
        asked = self.question
        rule = RULES.get(asked.topic, lambda joined: True)
        tests = {
            name: test
            for name, test in asked.filters.items()
            if not self.library.inner(name) and name not in self.cancelled and not cancel_all
        }
        return [
            row
            for row in self.rows
            if rule(row) and all(test(cell(row, name)) for name, test in tests.items())
        ]

    def grain(self, detail: Detail) -> list[str]:
        asked = [name for name in self.dimensions if not self.library.follows(name)]
        if detail.grouping == "fixed":
            return list(detail.fields)
        if detail.grouping == "always_include":
            return [*asked, *detail.fields]
        return [
            name
            for name in asked
            if name not in detail.fields and name.partition("[")[0] not in detail.fields
        ]

    def detail(self, joined: Joined, name: str) -> Any:
        detail = self.library.details[name]
        grain = self.grain(detail)
        # The grain's own fields are at the grain of the data.
        key = tuple(self.value(joined, one) for one in grain)
        if (name, key) not in self.memo:
            rows = self.kept(cancel_all=detail.cancels)
            rows = [row for row in rows if tuple(self.value(row, one) for one in grain) == key]
            if detail.only is not None:
                rows = [row for row in rows if detail.only(row)]
            self.memo[name, key] = self._inner(detail, rows)
        return self.memo[name, key]

    @staticmethod
    def _inner(detail: Detail, rows: Rows) -> Any:
        view = detail.operand.partition(".")[0]
        found: dict[Any, Any] = {}
        for row in rows:
            value = cell(row, detail.operand)
            key = id(row[view]) if detail.key is None else cell(row, detail.key)
            if key is None or value is None:
                continue
            found[key] = value if key not in found else max(value, found[key])
        return aggregate(detail.aggregate, found.values())

    def ranked(self, joined: Joined, ranking: Ranking) -> Any:
        if ranking not in self.memo:
            inner = Context(self.library, self.question, self.rows, self.dimensions, self.cancelled)
            measure = self.library.measures[ranking.by]
            groups: dict[Any, Rows] = {}
            for row in self.kept():
                groups.setdefault(cell(row, ranking.value), []).append(row)
            sign = -1 if ranking.descending else 1

            def place(value: Any) -> tuple[Any, ...]:
                score = measure_of(measure, groups[value], inner)
                return (
                    score is None,
                    sign * (score or 0),
                    value is not None,
                    value if value is not None else 0,
                )

            self.memo[ranking] = sorted(groups, key=place)[: ranking.n]
        value = cell(joined, ranking.value)
        if value not in self.memo[ranking]:
            return ranking.other
        return value if value is None or ranking.other is None else str(value)


def aggregate(kind: str, values: Iterable[Any]) -> Any:
    found = [value for value in values if value is not None]
    match kind:
        case "count":
            return len(found)
        case "count_distinct":
            return len(set(found))
        case "plain sum" if not found:  # SUM as SQL has it
            return None
        case "sum" | "plain sum":
            return math.fsum(found) if any(isinstance(one, float) for one in found) else sum(found, 0)
        case "average":
            return float(sum(map(Fraction, found)) / len(found)) if found else None
        case "min":
            return min(found, default=None)
        case "max":
            return max(found, default=None)
    ordered = sorted(map(Fraction, found))
    if not ordered:
        return None
    place = Fraction(int(kind), 100) * (len(ordered) - 1)
    low = int(place)
    return float(ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low))


def measure_of(measure: Measured, rows: Rows, context: Context) -> Any:
    """Each combination of what tells the values apart counts once."""
    found: dict[Any, Any] = {}
    for row in rows:
        if measure.rows and any(row.get(view) is None for view in measure.rows[:1]):
            continue
        if not measure.only(row, context):
            continue
        own = tuple(id(row[view]) for view in measure.rows)
        grain = tuple(context.value(row, name) for name in measure.grain)
        if measure.keyed and None in grain:
            continue
        value = measure.operand(row, context)
        if value is not None:
            key = (own, grain)
            found[key] = value if key not in found else max(value, found[key])
    return aggregate(measure.aggregate, found.values())


def answer(
    question: Question, library: Library, tables: dict[str, list[dict[str, Any]]]
) -> list[tuple[Any, ...]]:
    """Rows of (class, dimensions..., measures...), in no order; the class is the number of keys kept."""
    rows = join(question.topic, tables)
    rule = RULES.get(question.topic, lambda joined: True)
    whole = Context(library, question, rows, question.dimensions)
    measures = [library.measures[name] for name in question.measures]
    asked = [*measures, *([library.measures[question.having]] if question.having else [])]
    relaxed = frozenset().union(*(measure.cancels for measure in asked)) & set(question.filters)

    def passes(row: Joined, names: Iterable[str]) -> bool:
        return all(question.filters[name](whole.value(row, name)) for name in names)

    seen = [row for row in rows if rule(row) and passes(row, set(question.filters) - relaxed)]
    own = {id(row) for row in seen if passes(row, relaxed)}
    answers: list[tuple[Any, ...]] = []
    shown: set[int] = set()  # rows of the groups of data that pass; totals are over these

    for keep in (len(question.dimensions), *question.totals):
        level = question.dimensions[:keep]
        groups: dict[tuple[Any, ...], Rows] = {}
        if not level:
            groups[()] = []
        is_data = keep == len(question.dimensions)
        for row in seen if is_data or not question.having else [row for row in seen if id(row) in shown]:
            groups.setdefault(tuple(whole.value(row, name) for name in level), []).append(row)
        for key, members in groups.items():
            if level and not any(id(row) in own for row in members):
                continue
            cells: list[Any] = []
            for measure in asked:
                context = Context(library, question, rows, level, measure.cancels & relaxed)
                mine = [row for row in members if passes(row, relaxed - measure.cancels)]
                cells.append(measure_of(measure, mine, context))
            if question.having:
                score = cells.pop()
                if is_data and not question.passes(score):
                    continue
                shown.update(id(row) for row in members)
            answers.append((keep, *key, *([None] * (len(question.dimensions) - keep)), *cells))
    return answers


def without_match(
    wanted: Sequence[tuple[Any, ...]], found: Sequence[tuple[Any, ...]], same: Callable[[Any, Any], bool]
) -> tuple[Any, ...] | None:
    """The first wanted row that is not among the found ones, each used once."""
    left = list(found)
    for row in wanted:
        match = next((number for number, one in enumerate(left) if same(row, one)), None)
        if match is None:
            return row
        left.pop(match)
    return None
