"""What `--connect` names: a DuckDB file, files of rows that become one, or a PostgreSQL database."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from holoscope.access.roles import Role
from holoscope.cli.servers import names_postgres, read_url, stored_settings
from holoscope.kit.errors import BadRequest
from holoscope.modelstore.connections import WantedConnection
from holoscope.warehouses.base import Warehouse
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.intake import TakenIn, is_data_file, take_in
from holoscope.warehouses.postgres.driver import open_postgres
from holoscope.warehouses.postgres.settings import PostgresSettings

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]+)://")
_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows are: in a DuckDB file, which `files` become when there are any, or in a `server`."""

    name: str
    database: Path | None
    files: tuple[Path, ...] = ()
    passed_over: tuple[str, ...] = ()
    server: PostgresSettings | None = None

    @property
    def shown(self) -> str:
        """What people are told the rows come from."""
        return self.name if self.database is None else self.database.name

    def wanted(self, name: str) -> WantedConnection:
        """Describe the connection `name` to it."""
        if self.server is not None:
            return WantedConnection(
                name=name,
                dialect="postgres",
                database=self.server.database,
                default_schema=self.server.schema,
                base_role=Role.NO_ACCESS,
                settings=stored_settings(self.server),
                password=self.server.password,
            )
        return WantedConnection(
            name=name,
            dialect="duckdb",
            database=self.database.stem if self.database else None,
            default_schema="main",
            base_role=Role.NO_ACCESS,
            settings={"path": str(self.database)},
        )

    def open(self) -> Warehouse:
        """Open it; the caller closes it.

        Raises:
            WarehouseError: it cannot be opened.
        """
        if self.server is not None:
            return open_postgres(self.server, connection_id="source")
        return open_duckdb(self.database or Path(), connection_id="source")


def find_source(text: str, data_folder: Path) -> Source:
    """Read `duckdb:///path/to.file`, the path of a DuckDB file, a folder or a file of rows, or `postgres://...`.

    Raises:
        BadRequest: there is nothing there, or nothing that can be connected to; says what.
    """
    if names_postgres(text):
        server = read_url(text, os.environ)
        return Source(server.database, None, server=server)
    path = _path_of(text)
    if not path.exists():
        raise BadRequest(f"There is no file or folder {str(path)!r} to connect to.")
    if path.is_dir():
        return _folder(path, data_folder)
    if is_data_file(path):
        return Source(path.name.partition(".")[0], _kept(path, data_folder), (path,))
    return Source(path.stem, path.resolve())


def prepare_source(source: Source) -> tuple[TakenIn, ...]:
    """Bring the rows of files into their database; a DuckDB file is left as it is.

    Raises:
        BadRequest: a file is empty or cannot be read, or the database has no tables.
        WarehouseError: the database cannot be opened.
    """
    taken = take_in(source.files, source.database) if source.files and source.database else ()
    opened = source.open()
    try:
        if not opened.load_tables().tables:
            raise BadRequest(f"{source.shown} has no tables: there is nothing to ask.")
    finally:
        opened.close()
    return taken


def _path_of(text: str) -> Path:
    scheme = _SCHEME.match(text)
    if scheme is None:
        return Path(text).expanduser()
    if scheme.group(1).lower() != "duckdb":
        raise BadRequest(
            f"Cannot connect to {scheme.group(1)}: this server reads PostgreSQL, DuckDB files and folders of "
            "CSV or Parquet files. Use postgres://user@host/database, duckdb:///path/to.file or a path."
        )
    rest = text[scheme.end() :]
    # `duckdb:///shop.duckdb` is meant for a file beside the caller as often as for one at the root.
    for candidate in (rest, rest.removeprefix("/"), unquote(rest)):
        if candidate and Path(candidate).expanduser().exists():
            return Path(candidate).expanduser()
    return Path(rest)


def _folder(path: Path, data_folder: Path) -> Source:
    found = sorted(file for file in path.iterdir() if file.is_file())
    files = tuple(file for file in found if is_data_file(file))
    others = tuple(file.name for file in found if not is_data_file(file) and not file.name.startswith("."))
    if not files:
        raise BadRequest(f"The folder {str(path)!r} has no CSV or Parquet files.")
    return Source(path.resolve().name or "files", _kept(path, data_folder), files, others)


def _kept(path: Path, data_folder: Path) -> Path:
    """Return the DuckDB file in the data folder that rows from `path` go to."""
    name = _NAME.sub("_", path.resolve().name.partition(".")[0]) or "files"
    return data_folder / f"{name}.duckdb"
