"""Which rows a person may see under a topic's rules, worked out row by row in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    tables: Mapping[str, Table], topics: Iterable[TenantTopic], attributes: Attributes
) -> dict[str, Table]:
    """Give the tables with the rows that some of the topics shows, all of which begin with the same view.

    A row goes that a rule is about and does not permit, and a row that no way of joins leads to from those
    which remain.

    Raises:
        NoRowsError: every topic has a rule whose attribute is not set, or says what its column cannot hold.
    """
    ways: list[dict[str, Table]] = []
    refusal: NoRowsError | None = None
    for topic in topics:
        try:
            ways.append(_reduced(tables, topic, attributes))
        except NoRowsError as error:
            refusal = error
    if not ways:
        raise refusal or NoRowsError
    return {name: _united([way[name] for way in ways]) for name in tables}


def _united(found: list[Table]) -> Table:
    kept = {row["id"]: row for table in found for row in table.rows}
    return replace(found[0], rows=[kept[key] for key in sorted(kept)])


def _reduced(tables: Mapping[str, Table], topic: TenantTopic, attributes: Attributes) -> dict[str, Table]:
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
