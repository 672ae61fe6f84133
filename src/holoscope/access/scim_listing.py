"""Lists of SCIM: windows by `startIndex` that miss nothing while others write, and parts of resources."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, tuple_

from holoscope.access.actors import Actor
from holoscope.access.scim_names import LIST_SCHEMA, short_name
from holoscope.access.verdicts import MAX_AGE

DEFAULT_COUNT = 100
MOST_COUNT = 1_000
_KEPT_SECONDS = 600.0
_MOST_POSITIONS = 20_000
_MOST_TOTALS = 1_000

Resource = dict[str, Any]
_Key = tuple[str, ...]
_Place = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks of a list. Names of attributes as they were sent; letter case does not matter."""

    filter_text: str | None = None
    start_index: int = 1
    count: int = DEFAULT_COUNT
    sort_by: str | None = None
    is_descending: bool = False
    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """The position asked for; less than 1 means 1 (RFC 7644 §3.4.2.4)."""
        return max(self.start_index, 1)

    @property
    def most(self) -> int:
        """How many resources may be returned: what was asked for, at least 0 and at most 1,000."""
        return min(max(self.count, 0), MOST_COUNT)

    def wants(self, name: str) -> bool:
        """Tell whether an attribute, or a part of it, belongs into the answer."""
        key = name.lower()
        if self.attributes:
            return any(_covers(short_name(each), key) for each in self.attributes)
        return all(short_name(each) != key for each in self.excluded)


class Positions:
    """What a list was found to be a moment ago. Safe between threads.

    Where pages ended, for ten minutes: the next one goes on from there even if rows before it went
    away. And how many there are in all, for as long as nobody writes, and a second at most.
    """

    def __init__(self, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._lock = Lock()
        self._places: dict[tuple[_Key, int], tuple[float, _Place]] = {}
        self._totals: dict[_Key, tuple[float, int, int]] = {}

    def find(self, key: _Key, start_index: int) -> _Place | None:
        """Return the sort values of the row before `start_index`, if a page of this list ended there."""
        found = self._places.get((key, start_index))
        return found[1] if found is not None and self._tick() < found[0] else None

    def remember(self, key: _Key, start_index: int, place: _Place) -> None:
        """Note that the page before `start_index` ended with the row at `place`."""
        with self._lock:
            self._places.pop((key, start_index), None)
            while len(self._places) >= _MOST_POSITIONS:
                self._places.pop(next(iter(self._places)))
            self._places[(key, start_index)] = (self._tick() + _KEPT_SECONDS, place)

    def load_total(self, key: _Key, changes: int, count: Callable[[], int]) -> int:
        """Return the total of a list, counting only when somebody wrote (`Database.changes`) or it is old."""
        found = self._totals.get(key)
        if found is not None and found[1] == changes and self._tick() < found[0]:
            return found[2]
        until = self._tick() + MAX_AGE.total_seconds()
        total = count()
        with self._lock:
            if len(self._totals) >= _MOST_TOTALS:
                self._totals.clear()
            self._totals[key] = (until, changes, total)
        return total


Known = tuple[Positions, _Key, int]
"""What is remembered of lists, the key of one of them, and `Database.changes` from before the reading."""


@dataclass(frozen=True, slots=True)
class Window:
    """The ids of one page, in order, and how many there are in all."""

    ids: tuple[str, ...]
    total: int


def remembered(
    positions: Positions | None, changes: int, actor: Actor, kind: str, asked: Asked
) -> Known | None:
    """Return what is remembered of a list: of one kind and filter, for one credential alone."""
    if positions is None:
        return None
    words = (asked.filter_text or "", str(asked.is_descending))
    return positions, (actor.credential_id, kind, actor.organization_id, *words), changes


def load_window(
    connection: Connection,
    rows: Select[Any],
    order: tuple[ColumnElement[Any], ColumnElement[str]],
    asked: Asked,
    *,
    sorts: tuple[ColumnElement[Any], ...] = (),
    known: Known | None = None,
) -> Window:
    """Read the ids of one page.

    Args:
        connection: where to read.
        rows: the resources that match, as a query of anything; its columns are replaced.
        order: instant of creation and id, the order of the list.
        asked: the window.
        sorts: what to sort by before that order.
        known: what is remembered of this very list, as `remembered` returns it.
    """
    created, id_ = order

    def count() -> int:
        return int(connection.execute(rows.with_only_columns(func.count())).scalar_one())

    total = count() if known is None else known[0].load_total(known[1], known[2], count)
    if not asked.most:
        return Window((), total)
    if asked.filter_text:
        # What a filter chooses is found first and put in order afterwards: left to itself, SQLite would
        # walk through all members in order, looking for the one with the e-mail.
        named = [each.label(f"sort_{number}") for number, each in enumerate(sorts)]
        chosen = rows.with_only_columns(created.label("created"), id_.label("id"), *named).cte("chosen")
        matched = chosen.prefix_with("MATERIALIZED")
        created, id_ = matched.c.created, matched.c.id
        sorts = tuple(matched.c[each.name] for each in named)
        rows = select(id_)
    page = rows.with_only_columns(created, id_).limit(asked.most)
    ordered = [*sorts, created, id_]
    page = page.order_by(*(each.desc() for each in ordered) if asked.is_descending else ordered)
    place = None if known is None or sorts else known[0].find(known[1], asked.first)
    if place is None or asked.first == 1:
        page = page.offset(asked.first - 1)
    else:
        here = tuple_(created, id_)
        there = tuple_(literal(place[0], created.type), literal(place[1], id_.type))
        page = page.where(here < there if asked.is_descending else here > there)
    found = connection.execute(page).all()
    if found and known is not None and not sorts:
        known[0].remember(known[1], asked.first + len(found), (found[-1][0], found[-1][1]))
    return Window(tuple(row[1] for row in found), total)


def list_response(asked: Asked, total: int, resources: Sequence[Resource]) -> Resource:
    """Build the list response; resources must be cut to what was asked for already."""
    return {
        "schemas": [LIST_SCHEMA],
        "totalResults": total,
        "startIndex": asked.first,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }


def cut(resource: Resource, attributes: Iterable[str], excluded: Iterable[str]) -> Resource:
    """Keep the attributes asked for, or leave out the excluded ones; `id` and `schemas` always stay."""
    wanted = [short_name(each) for each in attributes]
    unwanted = [short_name(each) for each in excluded]
    if not wanted and not unwanted:
        return resource
    kept = {"id", "schemas"}
    if wanted:
        return {
            name: value if name in kept else _parts(name, value, wanted)
            for name, value in resource.items()
            if name in kept or any(_covers(each, name.lower()) for each in wanted)
        }
    return {
        name: value if name in kept else _without(name, value, unwanted)
        for name, value in resource.items()
        if name in kept or name.lower() not in unwanted
    }


def _covers(asked: str, name: str) -> bool:
    return asked == name or asked.startswith((f"{name}.", f"{name}:"))


def _parts(name: str, value: object, wanted: Sequence[str]) -> object:
    """Keep `emails.value` of `emails` when only that part was asked for."""
    own = name.lower()
    if own in wanted:
        return value
    parts = {each[len(own) + 1 :] for each in wanted if _covers(each, own)}
    return _each(value, lambda item: {key: item[key] for key in item if key.lower() in parts})


def _without(name: str, value: object, unwanted: Sequence[str]) -> object:
    own = name.lower()
    parts = {each[len(own) + 1 :] for each in unwanted if each != own and _covers(each, own)}
    if not parts:
        return value
    return _each(value, lambda item: {key: item[key] for key in item if key.lower() not in parts})


def _each(value: object, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> object:
    if isinstance(value, Mapping):
        return change(value)
    if isinstance(value, list):
        return [change(item) if isinstance(item, Mapping) else item for item in value]
    return value
