"""CSV and Parquet files become tables of a new DuckDB file, which appears whole or not at all."""

from __future__ import annotations

import codecs
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.modeling.generate.naming import free, identifier

_STORAGE_VERSION = "v1.5.0"  # the oldest DuckDB we support must be able to open the file
_TEXTS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_COLUMNS = (".parquet",)
_CHUNK = 1024 * 1024
_BLANK = 64 * 1024
_SEPARATORS = (",", ";", "\t", "|")
_LINE = re.compile(r"CSV Error on Line: (\d+)")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A table that was made of a file; `note` says what was done to read it, if anything."""

    file: str
    table: str
    rows: int
    note: str | None = None


def is_data_file(path: Path) -> bool:
    """Tell whether the name says CSV, TSV (also gzipped) or Parquet; hidden files are nobody's data."""
    return path.name.lower().endswith((*_TEXTS, *_COLUMNS)) and not path.name.startswith(".")


def take_in(files: Sequence[Path], target: Path) -> tuple[TakenIn, ...]:
    """Write a DuckDB file with one table for each of `files`, replacing any file at `target`.

    Tables are called like their files, as legal names. Delimiter, header and types are found by
    DuckDB, which reads the whole of a text file for it. Text that is no UTF-8 is read as UTF-16 if it
    says so itself, else as Windows-1252.

    Raises:
        BadRequest: a file is empty or cannot be read; says which and why. `target` stays as it was.
    """
    workshop = target.with_name(f".{target.name}.{os.getpid()}-{new_id()[:8]}.partial")
    workshop.mkdir(mode=0o700)
    try:
        half_done = workshop / target.name
        taken: set[str] = set()
        config: dict[str, str | bool | int | float | list[str]] = {
            "storage_compatibility_version": _STORAGE_VERSION
        }
        with duckdb.connect(half_done, config=config) as connection:
            connection.execute("SET enable_progress_bar = false")
            # Names that are legal already come first, so that they get them.
            ordered = sorted(files, key=lambda file: (_stem(file) != _table_name(file), file.name))
            done = [_take_one(connection, file, free(_table_name(file), taken), workshop) for file in ordered]
        half_done.chmod(0o600)
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)  # belongs to the file that goes
        half_done.replace(target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return tuple(sorted(done, key=lambda one: one.file))


def _take_one(connection: duckdb.DuckDBPyConnection, file: Path, table: str, workshop: Path) -> TakenIn:
    # DuckDB takes `*`, `?` and `[` in a path for a pattern; what it opens has a name without them.
    ending = next(end for end in (*_TEXTS, *_COLUMNS) if file.name.lower().endswith(end))
    safe = workshop / f"{new_id()}{ending}"
    note: str | None = None
    try:
        _require_content(file)
        if ending in (".csv", ".tsv"):
            note = _as_utf8(file, safe)
        else:
            safe.symlink_to(file.absolute())
        if ending in _COLUMNS:
            relation = connection.read_parquet(str(safe))
        else:
            relation = connection.read_csv(str(safe), sample_size=-1)
            _require_one_shape(file, relation)
        relation.create(f'"{table}"')
        rows = connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0]  # noqa: S608  (our name)
    except OSError as error:
        raise BadRequest(f"Cannot read {file.name}: {error.strerror}.") from None
    except duckdb.Error as error:
        raise BadRequest(f"Cannot read {file.name}: {_reason(str(error), ending)}") from None
    finally:
        safe.unlink(missing_ok=True)
    return TakenIn(file.name, table, rows, note)


def _require_content(file: Path) -> None:
    if file.stat().st_size <= _BLANK and not file.read_bytes().strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise BadRequest(f"{file.name} is empty: there is no table to make of it.")


def _require_one_shape(file: Path, relation: duckdb.DuckDBPyRelation) -> None:
    """Refuse a single column that is whole lines: DuckDB found no delimiter that fits all of them."""
    if len(relation.columns) == 1 and any(mark in relation.columns[0] for mark in _SEPARATORS):
        raise BadRequest(
            f"Cannot read {file.name}: its lines do not have the same number of values throughout."
        )


def _as_utf8(file: Path, safe: Path) -> str | None:
    """Give the text a path DuckDB can read; a copy is made only of what is not UTF-8 already."""
    with file.open("rb") as source:
        start = source.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _copy(file, safe, "utf-16")
        return "read as UTF-16"
    try:
        with file.open(encoding="utf-8") as text:
            while text.read(_CHUNK):
                pass
    except UnicodeDecodeError:
        _copy(file, safe, "cp1252")
        return "not UTF-8, read as Windows-1252"
    safe.symlink_to(file.absolute())
    return None


def _copy(file: Path, safe: Path, encoding: str) -> None:
    with (
        file.open(encoding=encoding, errors="replace", newline="") as source,
        safe.open("w", encoding="utf-8", newline="") as target,
    ):
        while part := source.read(_CHUNK):
            target.write(part)


def _reason(text: str, ending: str) -> str:
    line = _LINE.search(text)
    if line is not None:
        first = text[line.end() :].strip().splitlines()
        said = next((part for part in first if not part.startswith("Original Line")), "it does not parse")
        return f"line {line.group(1)}: {said.rstrip('.')}."
    if ending in _COLUMNS:
        return "it is not a Parquet file, or it is damaged."
    return "it is not a text file with rows and columns."


def _stem(file: Path) -> str:
    name = file.name
    ending = next((end for end in (*_TEXTS, *_COLUMNS) if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)]


def _table_name(file: Path) -> str:
    return identifier(_stem(file), "table")
