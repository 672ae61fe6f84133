"""Upgrading, and refusing what cannot be upgraded."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from holoscope.storage.migrations import SchemaMismatch, require_current, revision_of, upgrade
from holoscope.storage.tables import metadata
from holoscope.storage.unit_of_work import Database, open_database

HEAD = "0001"


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
