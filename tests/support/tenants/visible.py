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

    A row of a joined table goes where a rule is about it, or about what is joined behind it; a row of the
    table it is joined to goes when nothing that remains is joined to it.

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
    left = dict(tables)
    for rule in topic.rules:
        if set(attributes[rule.attribute]) & set(rule.unfiltered):
            continue
        table = left[rule.view]
        rows = [row for row in table.rows if permits(rule, row, attributes[rule.attribute])]
        left[rule.view] = replace(table, rows=rows)
        at = rule.view
        while at != topic.base:  # what stands before it keeps the rows that still meet one behind
            child = left[at]
            assert child.parent is not None
            parent = left[child.parent]
            mine, theirs = child.link
            met = {row[theirs] for row in child.rows} - {None}
            left[parent.name] = replace(parent, rows=[row for row in parent.rows if row[mine] in met])
            at = parent.name
    return left


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
