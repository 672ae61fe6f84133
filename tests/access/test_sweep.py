"""What the sweep deletes as time goes by, and what it must never delete."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, event, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from holoscope.access import sweep as sweeping
from holoscope.access.actors import OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.people import insert_member, insert_organization
from holoscope.access.sweep import AT_ONCE, Kept, Sweeper
from holoscope.kit.clock import system_clock
from holoscope.storage import tables
from holoscope.storage.migrations import upgrade
from holoscope.storage.unit_of_work import Database, open_database

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
IDLE = DAY


class Ground:
    """A database with one member, a clock that is moved by hand, and rows by their table."""

    def __init__(self, path: Path) -> None:
        self.database = open_database(path)
        upgrade(self.database)
        self.now = NOW
        with self.database.writing() as connection:
            self.organization_id = insert_organization(connection, "Home", NOW).id
            self.member_id = insert_member(
                connection, self.organization_id, email="a@b.example", name="A", role=OrgRole.ADMIN, at=NOW
            ).membership_id
        self.sweeper = Sweeper(self.database, lambda: self.now, Kept(IDLE))
        self._made = 0

    def add(self, table: Table, **values: Any) -> str:
        """Insert a row with what its columns demand, and return its key."""
        self._made += 1
        key = f"k{self._made}"
        (first, *_) = table.primary_key.columns
        demanded = {
            "organization_id": self.organization_id,
            "membership_id": self.member_id,
            "details": {},
            "digest": f"d{self._made}",
            "created_at": NOW,
            first.name: self.organization_id if table is tables.embed_nonces else key,
        }
        kept = {name: value for name, value in demanded.items() if name in table.columns}
        with self.database.writing() as connection:
            connection.execute(insert(table).values(**{**kept, **values}))
        return str(values.get(first.name, kept[first.name]))

    def count(self, table: Table) -> int:
        with self.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def last_until(self, table: Table, after: timedelta) -> None:
        """Expect the rows of a table to stay until `after` has passed since NOW, and to be gone then."""
        there = self.count(table)
        assert there
        self.now = NOW + after - MINUTE
        assert table.name not in self.sweeper.sweep()
        self.now = NOW + after + MINUTE
        assert self.sweeper.sweep()[table.name] == there
        assert self.count(table) == 0

    def session(self, kind: str = "web", **values: Any) -> str:
        said = {"last_seen_at": NOW, "expires_at": NOW + 14 * DAY, **values}
        return self.add(tables.sessions, kind=kind, **said)

    def invitation(self, **values: Any) -> str:
        said = {"email": "c@b.example", "email_key": "c@b.example", "role": "MEMBER", "group_ids": []}
        return self.add(tables.invitations, **{**said, "expires_at": NOW + 7 * DAY, **values})

    def grant(self, **values: Any) -> str:
        return self.add(tables.oauth_grants, client_id="omni-cli", scope="all", **values)

    def code(self, grant_id: str, **values: Any) -> str:
        said = {"redirect_uri": "http://127.0.0.1:1", "code_challenge": "c", "expires_at": NOW + MINUTE}
        return self.add(tables.oauth_codes, grant_id=grant_id, **{**said, **values})

    def token(self, grant_id: str, **values: Any) -> str:
        said = {"kind": "refresh", "expires_at": NOW + 90 * DAY}
        return self.add(tables.oauth_tokens, grant_id=grant_id, **{**said, **values})

    def secret(self, **values: Any) -> str:
        return self.add(tables.embed_secrets, name="s", sealed="x", **values)

    def nonce(self, at: datetime) -> str:
        self.add(tables.embed_nonces, nonce=f"n{self._made}", used_at=at)
        return f"n{self._made - 1}"


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path / "meta.db")
    yield made
    made.database.close()


@pytest.mark.parametrize(
    ("make", "table", "after"),
    [
        (
            lambda g: g.add(tables.sign_in_states, expires_at=NOW + 10 * MINUTE),
            tables.sign_in_states,
            10 * MINUTE,
        ),
        (lambda g: g.add(tables.sign_in_failures, at=NOW), tables.sign_in_failures, 15 * MINUTE),
        (lambda g: g.add(tables.embed_logins, expires_at=NOW + 5 * MINUTE), tables.embed_logins, 5 * MINUTE),
        (lambda g: g.session(last_seen_at=NOW + 13 * DAY), tables.sessions, 44 * DAY),
        (lambda g: g.session(), tables.sessions, 31 * DAY),
        (lambda g: g.session(revoked_at=NOW + HOUR), tables.sessions, 30 * DAY + HOUR),
        (lambda g: g.session("embed"), tables.sessions, 44 * DAY),
        (lambda g: g.invitation(), tables.invitations, 37 * DAY),
        (lambda g: g.invitation(accepted_at=NOW + HOUR), tables.invitations, 30 * DAY + HOUR),
        (lambda g: g.invitation(revoked_at=NOW + HOUR), tables.invitations, 30 * DAY + HOUR),
        (lambda g: g.code(g.grant()), tables.oauth_codes, DAY + MINUTE),
        (lambda g: g.code(g.grant(), used_at=NOW), tables.oauth_codes, DAY + MINUTE),
        (lambda g: g.code(g.grant(revoked_at=NOW + HOUR)), tables.oauth_codes, HOUR),
        (lambda g: g.token(g.grant()), tables.oauth_tokens, 90 * DAY),
        (
            lambda g: g.token(g.grant(), kind="access", expires_at=NOW + 8 * HOUR),
            tables.oauth_tokens,
            8 * HOUR,
        ),
        (lambda g: g.token(g.grant(), replaced_at=NOW), tables.oauth_tokens, 90 * DAY),
        (lambda g: g.token(g.grant(revoked_at=NOW + HOUR)), tables.oauth_tokens, HOUR),
        (lambda g: g.grant(), tables.oauth_grants, DAY),
        (lambda g: g.token(g.grant()), tables.oauth_grants, 90 * DAY),
        (lambda g: g.token(g.grant(revoked_at=NOW + 2 * DAY)), tables.oauth_grants, 2 * DAY),
    ],
)
def test_each_goes_in_its_time(
    ground: Ground, make: Callable[[Ground], object], table: Table, after: timedelta
) -> None:
    make(ground)
    ground.last_until(table, after)


def test_what_is_in_use_stays_beside_what_goes(ground: Ground) -> None:
    used = ground.session(last_seen_at=NOW + 60 * DAY, expires_at=NOW + 70 * DAY)
    ground.session(revoked_at=NOW)
    token = ground.token(ground.grant())
    ground.token(ground.grant(), kind="access", expires_at=NOW)
    ground.now = NOW + 60 * DAY
    assert ground.sweeper.sweep() == {"sessions": 1, "oauth_tokens": 1, "oauth_grants": 1}
    with ground.database.reading() as connection:
        assert list(connection.execute(select(tables.sessions.c.id)).scalars()) == [used]
        assert list(connection.execute(select(tables.oauth_tokens.c.digest)).scalars()) == [token]
    assert ground.sweeper.sweep() == {}


def test_a_nonce_stays_while_a_secret_counts_that_may_have_signed_it(ground: Ground) -> None:
    ground.nonce(NOW - DAY)
    assert ground.sweeper.sweep() == {}, "the first secret has no row yet, and it counts"
    first = ground.secret(created_at=NOW)
    second = ground.secret(created_at=NOW + DAY)
    ground.nonce(NOW + 2 * DAY)
    ground.now = NOW + 9 * DAY
    assert ground.sweeper.sweep() == {}, "the first secret may have counted before its row was made"
    revoke = update(tables.embed_secrets)
    with ground.database.writing() as connection:
        connection.execute(revoke.where(tables.embed_secrets.c.id == first).values(revoked_at=ground.now))
    ground.now += HOUR
    assert ground.sweeper.sweep() == {}
    ground.now += DAY
    assert ground.sweeper.sweep() == {"embed_nonces": 1}, "the second was made after the first nonce was used"
    with ground.database.reading() as connection:
        (left,) = connection.execute(select(tables.embed_nonces.c.used_at)).scalars()
    assert left == NOW + 2 * DAY
    with ground.database.writing() as connection:
        connection.execute(revoke.where(tables.embed_secrets.c.id == second).values(revoked_at=ground.now))
    ground.now += 2 * DAY
    assert ground.sweeper.sweep() == {"embed_nonces": 1}


# --- the audit log --------------------------------------------------------------------------------


def tell(database: Database, organization_id: str, *ages: timedelta) -> None:
    with database.writing() as connection:
        for age in ages:
            record(connection, organization_id, Action.SIGN_IN, at=system_clock() - age)


def test_events_stay_for_good_unless_a_period_was_chosen(ground: Ground) -> None:
    tell(ground.database, ground.organization_id, 4000 * DAY)
    ground.now = system_clock()
    assert ground.sweeper.sweep() == {}
    kept = Sweeper(ground.database, system_clock, Kept(IDLE, audit_days=400))
    tell(ground.database, ground.organization_id, 402 * DAY, 398 * DAY)
    assert kept.sweep() == {"audit_events": 2}
    with ground.database.reading() as connection:
        rows = connection.execute(select(tables.audit_events).order_by(tables.audit_events.c.at)).all()
    assert [row.action for row in rows] == ["SIGN_IN", "AUDIT_EVENTS_PURGE"]
    before = (system_clock() - 400 * DAY).strftime("%Y-%m-%dT00:00:00.000Z")
    assert (rows[1].organization_id, rows[1].details) == (ground.organization_id, {"before": before})
    assert kept.sweep() == {}, "what went is told once"


def test_the_database_itself_keeps_a_year(ground: Ground) -> None:
    tell(ground.database, ground.organization_id, 364 * DAY)
    remove = tables.audit_events.delete()
    with pytest.raises(IntegrityError, match="only added to"), ground.database.writing() as connection:
        connection.execute(remove)
    early = Sweeper(ground.database, lambda: system_clock() + 300 * DAY, Kept(IDLE, audit_days=365))
    assert early.sweep() == {}, "a clock that is wrong deletes nothing"
    assert ground.count(tables.audit_events) == 1


# --- how it is done -------------------------------------------------------------------------------


def test_many_rows_go_in_many_small_transactions(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_PAUSE_SECONDS", 0.0)
    rows = [{"id": f"f{n}", "digest": "d", "at": NOW} for n in range(2 * AT_ONCE + 1)]
    with ground.database.writing() as connection:
        connection.execute(insert(tables.sign_in_failures), rows)
    committed: list[object] = []
    event.listen(ground.database.engine, "commit", committed.append)
    ground.now = NOW + HOUR
    changes = ground.database.changes
    assert ground.sweeper.sweep() == {"sign_in_failures": 2 * AT_ONCE + 1}
    assert len(committed) == 3
    assert ground.database.changes == changes, "no verdict is void because of it"


def test_one_table_that_fails_holds_up_no_other(ground: Ground, caplog: pytest.LogCaptureFixture) -> None:
    ground.add(tables.sign_in_states, expires_at=NOW)
    ground.add(tables.sign_in_failures, at=NOW)
    with ground.database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER stuck BEFORE DELETE ON sign_in_states BEGIN SELECT RAISE(ABORT, 'stuck'); END"
        )
    ground.now = NOW + HOUR
    caplog.set_level(logging.ERROR, logger="holoscope.access.sweep")
    assert ground.sweeper.sweep() == {"sign_in_failures": 1}
    assert "sign_in_states could not be swept" in caplog.text
    with ground.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER stuck")
    assert ground.sweeper.sweep() == {"sign_in_states": 1}


def test_the_thread_goes_on_after_an_error_and_stops_at_once(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    asked = []

    def clock() -> datetime:
        asked.append(1)
        if len(asked) == 1:
            raise OSError("the first time fails")
        return NOW + HOUR

    caplog.set_level(logging.ERROR, logger="holoscope.access.sweep")
    ground.add(tables.sign_in_failures, at=NOW)
    sweeper = Sweeper(ground.database, clock, Kept(IDLE), first=0.01, every=0.01)
    sweeper.start()
    until = time.monotonic() + 20
    while ground.count(tables.sign_in_failures) and time.monotonic() < until:
        time.sleep(0.01)
    assert ground.count(tables.sign_in_failures) == 0
    sweeper.close()
    assert "the sweep failed" in caplog.text
    Sweeper(ground.database, clock, Kept(IDLE)).close()
