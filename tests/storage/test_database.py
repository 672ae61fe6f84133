"""Opening, reading and writing the metadata database; real files, real threads."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from holoscope.kit.ids import new_id
from holoscope.storage.migrations import upgrade
from holoscope.storage.tables import memberships, organizations
from holoscope.storage.unit_of_work import BadDatabaseUrl, Database, open_database

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = open_database(tmp_path / "data" / "meta.db")
    upgrade(database)
    return database


def add(database: Database, name: str) -> None:
    with database.writing() as connection:
        connection.execute(insert(organizations).values(id=new_id(), name=name, created_at=NOW))


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(organizations)).scalar_one()


def test_only_the_owner_may_read_the_files(database: Database, tmp_path: Path) -> None:
    add(database, "one")
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes.keys() >= {"meta.db", "meta.db-wal"}
    assert set(modes.values()) == {0o600}


def test_an_existing_file_is_tightened(tmp_path: Path) -> None:
    path = tmp_path / "meta.db"
    path.touch(mode=0o644)
    path.chmod(0o644)
    open_database(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_engine_is_set_up_for_durability(database: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
    with database.reading() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
        assert found == wanted
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() >= 5000


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "not a url", "", "nosuch://x"])
def test_unusable_urls_are_refused(url: str) -> None:
    with pytest.raises(BadDatabaseUrl):
        open_database(url)


def test_a_missing_driver_is_named_and_the_password_is_not() -> None:
    with pytest.raises(BadDatabaseUrl) as refused:
        open_database("postgresql+psycopg://someone:hunter2@host/db")
    assert "psycopg" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_failure_undoes_the_whole_transaction(database: Database) -> None:
    row = {"id": new_id(), "name": "x", "created_at": NOW}
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(insert(organizations), [row, {**row, "id": new_id()}, row])
    assert count(database) == 0


def test_reading_never_writes(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(insert(organizations).values(id=new_id(), name="x", created_at=NOW))
    assert count(database) == 0


def test_foreign_keys_hold(database: Database) -> None:
    row = {"id": new_id(), "organization_id": "x", "user_id": "y", "role": "MEMBER", "active": True}
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(insert(memberships).values(**row, created_at=NOW, updated_at=NOW))


def test_instants_keep_their_moment_and_need_a_zone(database: Database) -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9))) + timedelta(microseconds=7)
    with database.writing() as connection:
        connection.execute(insert(organizations).values(id="o", name="x", created_at=tokyo))
    with database.reading() as connection:
        found = connection.execute(select(organizations.c.created_at)).scalar_one()
    assert found == tokyo
    assert found.tzinfo is UTC
    with pytest.raises(StatementError), database.writing() as connection:
        connection.execute(
            insert(organizations).values(id="p", name="x", created_at=tokyo.replace(tzinfo=None))
        )


def test_errors_do_not_show_values(database: Database) -> None:
    row = {"id": new_id(), "name": "hunter2", "created_at": NOW}
    with pytest.raises(IntegrityError) as refused, database.writing() as connection:
        connection.execute(insert(organizations), [row, row])
    assert "hunter2" not in str(refused.value)


def test_two_writers_queue_up(database: Database, tmp_path: Path) -> None:
    """Two processes' worth of engines, four threads, read-then-write: no update is lost, none fails."""
    other = open_database(tmp_path / "data" / "meta.db")
    add(database, "0")
    failures: list[BaseException] = []

    def increment(through: Database) -> None:
        try:
            for _ in range(25):
                with through.writing() as connection:
                    seen = int(connection.execute(select(organizations.c.name)).scalar_one())
                    connection.execute(organizations.update().values(name=str(seen + 1)))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=increment, args=(through,)) for through in (database, other) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as connection:
        assert connection.execute(select(organizations.c.name)).scalar_one() == "100"


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    add(database, "one")
    with database.writing() as connection:
        connection.execute(insert(organizations).values(id=new_id(), name="two", created_at=NOW))
        assert count(database) == 1
    assert count(database) == 2


def test_changes_grow_with_each_write(database: Database) -> None:
    before = database.changes
    count(database)
    assert database.changes == before
    add(database, "one")
    assert database.changes != before
