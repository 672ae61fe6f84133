"""What an answer must be: the same question over a database that holds only the rows the asker may see.

The model of the oracle has no rules of access, so nothing of how rules are planned, cached or shared can
be wrong on both sides. `Oracle.naive_answer` is a second opinion in plain Python, where it knows the
question.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import yaml

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.codes import Code
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modeling.types import Catalog
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from support.asking import MODEL_ID
from support.ground import Ground, catalog, open_ground
from support.naive import Answer, Refusal, evaluate
from support.tenants.visible import Attributes, NoRowsError, visible_tables
from support.tenants.world import SUMS, Table, TenantTopic, TenantWorld, sql_of


@dataclass(frozen=True)
class Asker:
    """Who asks, as far as answers depend on it."""

    attributes: Attributes
    permissions: frozenset[Permission]

    @property
    def is_insider(self) -> bool:
        return bool(set(self.attributes["badge"]) & {"gold", "o'ro"})

    @property
    def scope(self) -> Scope:
        said = {name: tuple(values) for name, values in self.attributes.items() if values}
        return Scope(said, self.permissions, frozenset({"levels"}))


@dataclass(frozen=True)
class Expected:
    """Column names and rows; None for both is a refusal, `why` says which."""

    names: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    missing: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_refused(self) -> bool:
        return bool(self.why)


@dataclass
class Oracle:
    """Answers questions about one world; databases of visible rows are kept."""

    world: TenantWorld
    _open: dict[bool, Mapping[str, str]] = field(default_factory=dict)
    _naive: Ground | None = None
    _catalog: Catalog | None = None
    _kept: dict[object, tuple[duckdb.DuckDBPyConnection, Model]] = field(default_factory=dict)

    def tables(
        self, asker: Asker, topic: TenantTopic, *, branch: bool = False, joined: Collection[str] = ()
    ) -> dict[str, Table]:
        """Give the tables with the rows that a topic shows, to a question that joins the tables `joined`.

        Raises:
            NoRowsError: it shows none to the asker.
        """
        topics = self.world.topics_of(branch=branch)
        named = topics[topic.over] if topic.over else topic
        return visible_tables(self.world.tables, [named], asker.attributes, joined)

    def joined_by(
        self, asker: Asker, query: Mapping[str, Any], now: datetime, *, branch: bool
    ) -> frozenset[str]:
        """Name the tables that a question joins without any rule, none where it is refused."""
        _, model = self._ground(asker, self.world.tables, branch)
        try:
            spec = parse_query({"modelId": MODEL_ID, **query})
            compiled = compile_query(spec, model, asker.scope, DuckDBDialect(), now=now)
        except HoloscopeError:
            return frozenset()
        return frozenset(re.findall(r"\b(?:FROM|JOIN) (t\d)\b", compiled.sql))

    def tables_behind_sql(self, asker: Asker, joined: Collection[str] = ()) -> dict[str, Table]:
        """Give the tables with the rows of the first view that some topic over it shows.

        Raises:
            NoRowsError: no topic over it shows any to the asker.
        """
        over = [topic for topic in self.world.topics.values() if topic.base == "t0"]
        seen = [topic for topic in over if asker.is_insider or not topic.is_hidden]
        return visible_tables(self.world.tables, seen, asker.attributes, joined)

    def answer(
        self,
        asker: Asker,
        query: Mapping[str, Any],
        tables: Mapping[str, Table],
        now: datetime,
        *,
        branch: bool,
    ) -> Expected:
        """Answer from these rows alone."""
        connection, model = self._ground(asker, tables, branch)
        try:
            spec = parse_query({"modelId": MODEL_ID, **query})
            compiled = compile_query(spec, model, asker.scope, DuckDBDialect(), now=now)
        except HoloscopeError as error:
            return Expected(why=error.code)
        try:
            found = connection.sql(compiled.sql).to_arrow_table()
        except duckdb.Error as error:
            return Expected(why=f"the statement fails: {error}")
        rows = tuple(tuple(row.values()) for row in found.to_pylist())
        return Expected(tuple(found.column_names), rows, tuple(compiled.missing_fields))

    def naive_answer(self, asker: Asker, query: Mapping[str, Any], now: datetime) -> Answer | Refusal:
        """Answer in plain Python, rules and all, from all rows."""
        if self._naive is None:
            connection = duckdb.connect()
            connection.execute(sql_of(self.world.tables))
            files = {name: text for name, text in self.world.files.items() if not name.startswith(SUMS)}
            self._naive = open_ground(connection, files)
            connection.close()
        ground, said = self._naive, asker.scope.attributes
        try:
            return evaluate(ground.model, query, ground.tables, attributes=said, now=now)
        except Refusal as refusal:
            return refusal

    def _ground(
        self, asker: Asker, tables: Mapping[str, Table], branch: bool
    ) -> tuple[duckdb.DuckDBPyConnection, Model]:
        key = (
            branch,
            repr(asker.attributes),
            tuple((name, tuple(row["id"] for row in table.rows)) for name, table in tables.items()),
        )
        if key not in self._kept:
            connection = duckdb.connect()
            connection.execute(f"SET TimeZone = 'UTC'; {sql_of(tables)}")
            if self._catalog is None:
                self._catalog = catalog(connection)
            # A model of its own: no other asker has left anything in its memory.
            model, found = load_model(self._without_rules(branch), self._catalog)
            assert {one.code for one in found if one.severity == "error"} <= {Code.FIELD_BROKEN_IN_TOPIC}
            self._kept[key] = connection, model
        return self._kept[key]

    def _without_rules(self, branch: bool) -> Mapping[str, str]:
        if branch not in self._open:
            files = {**self.world.files, **(self.world.branch_files if branch else {})}
            self._open[branch] = {name: without_rules(name, text) for name, text in files.items()}
        return self._open[branch]

    def close(self) -> None:
        for connection, _ in self._kept.values():
            connection.close()


def without_rules(name: str, text: str) -> str:
    """Take the rules about rows out of a file."""
    if not (name.endswith(".topic") or name == "model"):
        return text
    said = yaml.safe_load(text)
    said.pop("access_filters", None)
    said.pop("default_topic_access_filters", None)
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True)


__all__ = ["Asker", "Expected", "NoRowsError", "Oracle", "without_rules"]
