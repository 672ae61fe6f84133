"""Upgrading, and refusing what cannot be upgraded."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.schema import CreateTable

from holoscope.storage.migrations import SchemaMismatch, migrate, require_current, revision_of, upgrade
from holoscope.storage.tables import metadata
from holoscope.storage.unit_of_work import Database, open_database

HEAD = "0012"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(tmp_path / "meta.db")


def run(database: Database, statement: str) -> None:
    with database.writing() as connection:
        connection.execute(text(statement))


def test_an_empty_database_becomes_current(database: Database) -> None:
    assert revision_of(database) is None
    assert upgrade(database) == HEAD
    assert revision_of(database) == HEAD
    assert upgrade(database) == HEAD
    require_current(database)


def test_the_revisions_make_exactly_the_declared_tables(database: Database) -> None:
    upgrade(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        made = {
            (index["name"], table)
            for table in metadata.tables
            for index in inspect(connection).get_indexes(table)
        }
    declared = {(index.name, table.name) for table in metadata.tables.values() for index in table.indexes}
    assert made == declared


def test_the_tables_can_be_written_for_postgresql() -> None:
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_a_newer_database_is_refused(database: Database) -> None:
    upgrade(database)
    run(database, "UPDATE alembic_version SET version_num = 'ffff'")
    for use in (upgrade, revision_of, require_current):
        with pytest.raises(SchemaMismatch, match="newer version"):
            use(database)


def test_a_half_migrated_database_is_refused(database: Database) -> None:
    upgrade(database)
    run(database, "DROP TABLE model_roles")
    with pytest.raises(SchemaMismatch, match="lacks model_roles"):
        upgrade(database)


def test_somebody_else_s_tables_are_refused(database: Database) -> None:
    run(database, "CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(SchemaMismatch, match="no revision"):
        upgrade(database)


def test_an_empty_database_is_not_current(database: Database) -> None:
    with pytest.raises(SchemaMismatch, match="holoscope db upgrade"):
        require_current(database)


def test_a_failing_upgrade_leaves_nothing(database: Database) -> None:
    """A view in the way of the last table: everything made before it is undone."""
    run(database, "CREATE VIEW model_roles AS SELECT 1 AS one")
    with pytest.raises(OperationalError, match="model_roles"):
        upgrade(database)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    run(database, "DROP VIEW model_roles")
    assert upgrade(database) == HEAD


OLD_ROWS = """
INSERT INTO organizations VALUES ('o1', 'Shop', '2026-01-01 00:00:00');
INSERT INTO connections VALUES ('c1', 'o1', 'shop', 'duckdb', NULL, NULL, 'QUERIER', '{}',
  '2026-01-01 00:00:00', '2026-01-01 00:00:00', NULL);
INSERT INTO models VALUES ('s1', 'o1', 'c1', NULL, 'SCHEMA', NULL, NULL, 1, 'a',
  '2026-01-01 00:00:00', '2026-01-01 00:00:00', NULL);
INSERT INTO models VALUES ('m1', 'o1', 'c1', 's1', 'SHARED', 'Shop', 'shop', 7, 'b',
  '2026-01-01 00:00:00', '2026-01-02 00:00:00', NULL);
INSERT INTO model_files VALUES ('m1', 'model', 'label: Shop', 'ff');
INSERT INTO users VALUES ('u1', 'a@b.c', 'a@b.c', 'A', 'a', NULL, '2026-01-01 00:00:00');
INSERT INTO memberships VALUES ('p1', 'o1', 'u1', 'MEMBER', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');
INSERT INTO model_roles VALUES ('r1', 'o1', 'p1', NULL, 'm1', NULL, 'QUERIER');
"""


@pytest.fixture
def old(database: Database) -> Database:
    """A database of the first revision with a model in it."""
    with database.rebuilding() as connection:
        migrate(connection, "0001")
    for statement in OLD_ROWS.split(";\n"):
        if statement.strip():
            run(database, statement)
    return database


def test_models_of_the_first_revision_are_kept_and_their_history_begins(old: Database) -> None:
    assert upgrade(old) == HEAD
    with old.reading() as connection:
        kept = connection.execute(
            text("SELECT id, base_model_id, kind, name, version, role_model_id FROM models ORDER BY id")
        ).all()
        assert [tuple(row) for row in kept] == [
            ("m1", "s1", "SHARED", "Shop", 7, None),
            ("s1", None, "SCHEMA", None, 1, None),
        ]
        assert connection.execute(text("SELECT count(*) FROM model_roles")).scalar_one() == 1
        history = connection.execute(text("SELECT model_id, version, path, text FROM model_file_versions"))
        assert [tuple(row) for row in history] == [("m1", 7, "model", "label: Shop")]
        versions = connection.execute(
            text("SELECT model_id, version, membership_id FROM model_versions ORDER BY model_id")
        )
        assert [tuple(row) for row in versions] == [("m1", 7, None), ("s1", 1, None)]


def test_the_rules_of_the_rebuilt_table_still_hold(old: Database) -> None:
    upgrade(old)
    columns = (
        "(id, organization_id, connection_id, base_model_id, kind, version, content_sha256, "
        "created_at, updated_at)"
    )
    for base, kind, failing in (
        ("NULL", "BRANCH", "ck_models_base_model"),
        ("'m1'", "NONSENSE", "ck_models_kind"),
        ("NULL", "SCHEMA", "models.connection_id"),
        ("'nowhere'", "BRANCH", "FOREIGN KEY"),
    ):
        with pytest.raises(IntegrityError, match=failing):
            run(
                old,
                f"INSERT INTO models {columns} VALUES ('x', 'o1', 'c1', {base}, '{kind}', 1, '', "
                "'2026-01-01 00:00:00', '2026-01-01 00:00:00')",
            )
    run(old, f"INSERT INTO models {columns} VALUES ('x', 'o1', 'c1', 'm1', 'BRANCH', 1, '', '2026', '2026')")


def test_a_dangling_row_stops_the_upgrade(old: Database) -> None:
    with old.rebuilding() as connection:
        connection.execute(text("PRAGMA foreign_keys"))
    with pytest.raises(IntegrityError, match="model_files"), old.rebuilding() as connection:
        connection.execute(text("INSERT INTO model_files VALUES ('nowhere', 'model', '', '')"))
    with old.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM model_files")).scalar_one() == 1
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert upgrade(old) == HEAD
