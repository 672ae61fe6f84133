"""Deletes in the background what nobody can use or see any more: bounded, one process, whatever fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, tuple_

from holoscope.access import people
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.sweep_rules import rules_at
from holoscope.kit.clock import Clock, wire_time
from holoscope.storage.tables import audit_events
from holoscope.storage.unit_of_work import Database

log = logging.getLogger(__name__)

AT_ONCE = 500
_FIRST_SECONDS = 5.0
_EVERY_SECONDS = 3600.0
_PAUSE_SECONDS = 0.02

Tell = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the operator chose. `audit_days` is how long events are kept, 0 for good."""

    idle: timedelta
    audit_days: int = 0


class Sweeper:
    """Sweeps a database soon after its start and then every hour; for one process of a server.

    Rows are found without a lock and deleted `AT_ONCE` at most in one transaction, with a pause after each,
    so that nobody waits for it. An error is told in the log; the next sweep tries again.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        kept: Kept,
        *,
        first: float = _FIRST_SECONDS,
        every: float = _EVERY_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._first = first
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        """Begin, on a thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the transaction under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def sweep(self) -> dict[str, int]:
        """Delete what is gone at this moment and return how many rows of which table, if any.

        A table that fails does not keep the others from being swept.
        """
        now = self._clock()
        done = {}
        for rule in rules_at(now, self._kept.idle):
            done[rule.table.name] = self._clear(rule.table, rule.gone)
        if self._kept.audit_days:
            done[audit_events.name] = self._clear_audit(now)
        swept = {name: count for name, count in done.items() if count}
        if swept:
            log.info("deleted what nobody can use any more: %s", swept)
        return swept

    def _run(self) -> None:
        wait = self._first
        while not self._stop.wait(wait):
            wait = self._every
            try:
                self.sweep()
            except Exception:
                log.exception("the sweep failed; the next one tries again")

    def _clear_audit(self, now: datetime) -> int:
        """Delete events of whole days, so that each organization is told once a day that some went."""
        before = (now - timedelta(days=self._kept.audit_days)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        with self._database.reading() as connection:
            organizations = people.load_organizations(connection)
        return sum(
            self._clear(
                audit_events,
                (audit_events.c.organization_id == each.id) & (audit_events.c.at < before),
                _purge_of(each.id, before, now),
            )
            for each in organizations
        )

    def _clear(self, table: Table, gone: ColumnElement[bool], tell: Tell | None = None) -> int:
        """Delete in batches; `tell` is called in the transaction of the first."""
        count = 0
        key = tuple(table.primary_key.columns)
        try:
            while not self._stop.is_set() and (found := self._find(key, gone)):
                with self._database.noting() as connection:
                    done = connection.execute(delete(table).where(_is_one_of(key, found), gone))
                    if tell is not None and done.rowcount and not count:
                        tell(connection)
                count += done.rowcount
                if len(found) < AT_ONCE or not done.rowcount:
                    break
                self._stop.wait(_PAUSE_SECONDS)
        except Exception:
            log.exception("%s could not be swept; the next sweep tries again", table.name)
        return count

    def _find(self, key: Sequence[Any], gone: ColumnElement[bool]) -> list[tuple[Any, ...]]:
        with self._database.reading() as connection:
            return [tuple(row) for row in connection.execute(select(*key).where(gone).limit(AT_ONCE))]


def _is_one_of(key: Sequence[Any], found: Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    if len(key) == 1:
        only: ColumnElement[bool] = key[0].in_([row[0] for row in found])
        return only
    return tuple_(*key).in_(found)


def _purge_of(organization_id: str, before: datetime, now: datetime) -> Tell:
    def tell(connection: Connection) -> None:
        record(
            connection,
            organization_id,
            Action.AUDIT_EVENTS_PURGE,
            object_type="organization",
            object_id=organization_id,
            details={"before": wire_time(before)},
            at=now,
        )

    return tell
