"""Which rows a person may see under a topic's rules, worked out row by row in plain Python."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from support.naive.functions import like
from support.tenants.world import Rule, Table, TenantTopic

Row = dict[str, Any]
Attributes = Mapping[str, Sequence[str]]


class NoRowsError(Exception):
    """A rule cannot be applied: the question must be refused."""


def visible_tables(
    tables: Mapping[str, Table],
    topics: Iterable[TenantTopic],
    attributes: Attributes,
    joined: Collection[str] = (),
) -> dict[str, Table]:
    """Give the tables with the rows that some of the topics shows, all of which begin with the same view.

    A row goes that a rule is about and does not permit, and a row that no way of joins leads to from those
    which remain. Of a question that joins the tables `joined`, a row goes too that its joined rows have, but
    beside no row that every rule permits.

    Raises:
        NoRowsError: every topic has a rule whose attribute is not set, or says what its column cannot hold.
    """
    ways: list[dict[str, Table]] = []
    refusal: NoRowsError | None = None
    for topic in topics:
        try:
            ways.append(_reduced(tables, topic, attributes, joined))
        except NoRowsError as error:
            refusal = error
    if not ways:
        raise refusal or NoRowsError
    return {name: _united([way[name] for way in ways]) for name in tables}


def _united(found: list[Table]) -> Table:
    kept = {row["id"]: row for table in found for row in table.rows}
    return replace(found[0], rows=[kept[key] for key in sorted(kept)])


def _reduced(
    tables: Mapping[str, Table], topic: TenantTopic, attributes: Attributes, joined: Collection[str]
) -> dict[str, Table]:
    for rule in topic.rules:
        if not attributes.get(rule.attribute):
            raise NoRowsError
    left = {name: table if name in topic.views else replace(table, rows=[]) for name, table in tables.items()}
    rules = [rule for rule in topic.rules if not set(attributes[rule.attribute]) & set(rule.unfiltered)]
    for rule in rules:
        table = left[rule.view]
        rows = [row for row in table.rows if permits(rule, row, attributes[rule.attribute])]
        left[rule.view] = replace(table, rows=rows)
    for rule in rules * 2:  # a second time, for what the other rules have taken from its rows
        _keep_what_meets(left, rule.view, topic)
    _drop_strays(left, tables, topic, [(rule, attributes[rule.attribute]) for rule in rules], joined)
    return left


def _keep_what_meets(left: dict[str, Table], view: str, topic: TenantTopic) -> None:
    """Of each other table, keep the rows that a way of joins leads to from those of `view`."""
    done, waiting = {view}, [view]
    while waiting:
        here = left[waiting.pop()]
        for other in list(left.values()):
            if other.name in done or other.name not in topic.views:
                continue
            if other.parent == here.name:
                theirs, mine = other.link
            elif here.parent == other.name:
                mine, theirs = here.link
            else:
                continue
            met = {row[theirs] for row in here.rows} - {None}
            left[other.name] = replace(other, rows=[row for row in other.rows if row[mine] in met])
            done.add(other.name)
            waiting.append(other.name)


def _drop_strays(
    left: dict[str, Table],
    tables: Mapping[str, Table],
    topic: TenantTopic,
    rules: Sequence[tuple[Rule, Sequence[str]]],
    joined: Collection[str],
) -> None:
    """Drop the rows that are joined, but beside no permitted row.

    An inner or right join may leave out the row that another row belongs to, which a right or full join after
    it then keeps beside nothing: no rule about the row that was left out can permit it there.
    """
    names = {topic.base}
    for end in (*joined, *(rule.view for rule, _ in rules)):
        name = end
        while name in topic.views and name not in names:
            names.add(name)
            name = tables[name].parent or topic.base
    if not rules or topic.base not in tables:
        return
    combined = _combined([tables[topic.base], *(tables[name] for name in sorted(names - {topic.base}))])
    shown = [one for one in combined if all(_permitted(rule, one[rule.view], said) for rule, said in rules)]
    for name in names:
        standing, met = ({row["id"] for one in found if (row := one[name])} for found in (combined, shown))
        kept = [row for row in left[name].rows if row["id"] in met or row["id"] not in standing]
        left[name] = replace(left[name], rows=kept)


def _combined(tables: Sequence[Table]) -> list[dict[str, Row | None]]:
    """Join tables in their order, each to its parent among those before it."""
    base, *others = tables
    found: list[dict[str, Row | None]] = [{base.name: row} for row in base.rows]
    none: dict[str, Row | None] = {base.name: None}
    for table in others:
        result: list[dict[str, Row | None]] = []
        met: set[int] = set()
        for one in found:
            near = one[table.parent or base.name]
            value = near and near[table.link[0]]
            far = [row for row in table.rows if value is not None and row[table.link[1]] == value]
            met |= {row["id"] for row in far}
            result += [{**one, table.name: row} for row in far]
            if not far and table.join in ("always_left", "full_outer"):
                result.append({**one, table.name: None})
        if table.join in ("right_left", "full_outer"):
            result += [{**none, table.name: row} for row in table.rows if row["id"] not in met]
        none[table.name] = None
        found = result
    return found


def _permitted(rule: Rule, row: Row | None, values: Sequence[str]) -> bool:
    return row is not None and permits(rule, row, values)


def permits(rule: Rule, row: Row, values: Sequence[str]) -> bool:
    """Tell whether a rule shows a row to somebody with these values of its attribute."""
    value = row[rule.column]
    if isinstance(value, int) or rule.column == "level":
        wanted = [_number(text) for text in values]
        return value is not None and Decimal(value) in wanted
    if value is None:
        return False
    if rule.wildcards:
        return any(like(value, pattern) for pattern in values)
    return value in values


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NoRowsError from None
