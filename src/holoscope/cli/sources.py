"""What `--connect` names: a DuckDB file, or files of rows that become one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from holoscope.kit.errors import BadRequest
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.intake import TakenIn, is_data_file, take_in

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]+)://")
_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows are: `database` is the DuckDB file; `files` become it, when there are any."""

    name: str
    database: Path
    files: tuple[Path, ...] = ()
    passed_over: tuple[str, ...] = ()


def find_source(text: str, data_folder: Path) -> Source:
    """Read `duckdb:///path/to.file`, or the path of a DuckDB file, a folder or one file of rows.

    Raises:
        BadRequest: there is nothing there, or nothing that can be connected to; says what.
    """
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
        WarehouseError: the DuckDB file cannot be opened.
    """
    taken = take_in(source.files, source.database) if source.files else ()
    opened = open_duckdb(source.database, connection_id="source")
    try:
        if not opened.load_tables().tables:
            raise BadRequest(f"{source.database.name} has no tables: there is nothing to ask.")
    finally:
        opened.close()
    return taken


def _path_of(text: str) -> Path:
    scheme = _SCHEME.match(text)
    if scheme is None:
        return Path(text).expanduser()
    if scheme.group(1).lower() != "duckdb":
        raise BadRequest(
            f"Cannot connect to {scheme.group(1)}: this server reads DuckDB files and folders of CSV or "
            "Parquet files. Use duckdb:///path/to.file or the path of a folder."
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
