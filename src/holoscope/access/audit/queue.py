"""Events that happen too often to wait for the disk: queued in memory, written together in the background."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail
from holoscope.access.origin import Origin, current_origin
from holoscope.kit.clock import system_clock
from holoscope.kit.ids import new_id
from holoscope.storage.tables import audit_events
from holoscope.storage.unit_of_work import Database

log = logging.getLogger(__name__)
_AT_ONCE = 500
_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Noted:
    """An event to be written. `at` and `origin` are those of where it is made."""

    organization_id: str
    action: Action
    membership_id: str | None
    credential_kind: str | None
    credential_id: str | None
    object_type: str
    object_id: str
    outcome: str = "success"
    details: Mapping[str, Detail] = field(default_factory=dict)
    at: datetime = field(default_factory=system_clock)
    origin: Origin = field(default_factory=current_origin)

    def row(self) -> dict[str, Any]:
        return {
            "id": new_id(),
            "organization_id": self.organization_id,
            "at": self.at,
            "action": self.action.value,
            "outcome": self.outcome,
            "membership_id": self.membership_id,
            "credential_kind": self.credential_kind,
            "credential_id": self.credential_id,
            "address": self.origin.address,
            "user_agent": self.origin.user_agent,
            "request_id": self.origin.request_id,
            "object_type": self.object_type,
            "object_id": self.object_id,
            "details": dict(self.details),
        }


class AuditQueue:
    """Takes events without waiting and writes them within about a second. Safe between threads.

    It holds `most` events; while the database does not keep up, further ones are dropped, counted in
    `dropped` and told in the server's log. What a killed process had not written is lost.
    """

    def __init__(self, database: Database, *, most: int = 10_000) -> None:
        self.dropped = 0
        self._database = database
        self._most = most
        self._waiting: deque[Noted] = deque()
        self._told = 0
        self._starting = threading.Lock()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def add(self, event: Noted) -> None:
        """Take an event, or drop it when there is no room."""
        if len(self._waiting) >= self._most:
            self.dropped += 1
            return
        self._waiting.append(event)
        if self._thread is None:
            self._start()

    def flush(self) -> None:
        """Write what is queued, and return when it is written.

        Raises:
            SQLAlchemyError: the database refused; what was not written stays queued.
        """
        with self._writing:
            while batch := [self._waiting[place] for place in range(min(len(self._waiting), _AT_ONCE))]:
                with self._database.noting() as connection:
                    connection.execute(insert(audit_events), [event.row() for event in batch])
                for _ in batch:  # only others' events come behind them: the queue has one reader
                    self._waiting.popleft()

    def close(self) -> None:
        """Write what is queued and stop; what cannot be written is counted as dropped."""
        self._is_closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._flush_or_tell()
        self.dropped += len(self._waiting)
        self._waiting.clear()
        self._tell_dropped()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._wake.wait(_EVERY_SECONDS):
            self._flush_or_tell()
            self._tell_dropped()

    def _flush_or_tell(self) -> None:
        try:
            self.flush()
        except SQLAlchemyError:
            log.exception("events of the audit log could not be written; they are kept and tried again")

    def _tell_dropped(self) -> None:
        if self.dropped > self._told:
            log.error("%d events of the audit log were dropped", self.dropped - self._told)
            self._told = self.dropped
