"""Pages by position instead of by count: the rows after the last one seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, func, literal, select, tuple_

from holoscope.kit.paging import BadCursor, Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: a sort expression without NULLs, then the id, in one direction."""

    sort: ColumnElement[Any]
    id: Column[Any]
    descending: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one page. `last` is the position to continue after, None when there is no more."""

    rows: tuple[Row[Any], ...]
    total: int
    last: tuple[Any, str] | None


def load_page(
    connection: Connection, rows: Select[Any], order: Order, *, after: tuple[Any, str] | None, size: int
) -> Rows:
    """Read `size` rows of `rows` that come after the position `after`; the total ignores the position."""
    total = connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    found = connection.execute(select_after(rows, order, after).limit(size + 1)).all()
    kept = tuple(found[:size])
    more = len(found) > size
    return Rows(kept, total, (kept[-1].position_sort, kept[-1].position_id) if more else None)


def load_page_by_id(
    connection: Connection,
    rows: Select[Any],
    order: Order,
    record_of: Callable[[Row[Any]], T],
    *,
    organization_id: str,
    after_id: str | None,
    size: int,
) -> Page[T]:
    """Read a page of records whose cursor is the id of the last one.

    That one may have left `rows` meanwhile, as a revoked key has: its row in the table of ids is enough.

    Raises:
        BadCursor: `after_id` is the id of nothing that the organization has or had.
    """
    after = None
    if after_id is not None:
        owner = order.id.table.c.organization_id
        found = connection.execute(
            select(order.sort, order.id).where(order.id == after_id, owner == organization_id)
        ).one_or_none()
        if found is None:
            raise BadCursor
        after = (found[0], found[1])
    page = load_page(connection, rows, order, after=after, size=size)
    records = tuple(record_of(row) for row in page.rows)
    return Page(records, size, page.total, page.last[1] if page.last else None)


def select_after(rows: Select[Any], order: Order, after: tuple[Any, str] | None) -> Select[Any]:
    """Put rows in order, from the position `after` on; each has `position_sort` and `position_id` too."""
    page = rows.add_columns(order.sort.label("position_sort"), order.id.label("position_id"))
    if after is not None:
        here = tuple_(order.sort, order.id)
        there = tuple_(literal(after[0], order.sort.type), literal(after[1], order.id.type))
        page = page.where(here < there if order.descending else here > there)
    return page.order_by(
        *(part.desc() if order.descending else part.asc() for part in (order.sort, order.id))
    )
