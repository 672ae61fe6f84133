"""Case pages: Markdown that says what is asked and what comes back.

A case is a `##` heading, words for people, and fenced blocks:

- `query`: YAML; the keys of the wire's query object, and beside them `as` (user attributes), `now`
  (ISO time), `time_zone`, `has` and `lacks` (texts the SQL must and must not contain);
- `rows`: a header of column names, then rows, cells parted by ` | `. `NULL` is NULL, `''` the empty
  string. A first column named `row` says the class of each row: `data`, `total`, `subtotal:<field>`,
  with `>` after it where a cell totals a row of a pivoted result. Then a column named `at` says where a
  cell of a pivoted result stands, as the numbers of its row and its column: `2/1`. With `sorts` the
  order counts, without it does not;
- `missing`: names of fields that were left out, one a line;
- `error`: YAML with `code` and `message` (a part of the text), both optional;
- `sql duckdb`: the text the compiler makes, compared as it stands;
- `truth`: SQL by hand, for the same database; its rows are the answer, its column names do not count;
- `model <file>`: YAML laid over that file of the page's model, and `tables`: SQL that makes more tables,
  for this case; before the first heading, for every case of the page. `model <file> postgres` is what
  the file says instead where it is asked of PostgreSQL, whose SQL the author would write otherwise.

Every case is asked of every engine. A line `Only on DuckDB: <reason>.` in a case, or before the first
heading, says that it cannot be asked of others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from support.answers import plain

_BLOCK = re.compile(r"^```([a-z]+)(?: ([\w./]+)(?: ([a-z]+))?)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ONLY = re.compile(r"^Only on DuckDB: (.+)$", re.MULTILINE)
_OWN = {"as", "now", "time_zone", "lacks", "has"}
NOW = "2026-03-10T15:00:00+00:00"


@dataclass
class Case:
    """One heading of a page."""

    page: str
    title: str
    query: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    rows: list[list[str]] | None = None
    missing: list[str] = field(default_factory=list)
    error: dict[str, str] | None = None
    sql: str | None = None
    truth: str | None = None
    model: dict[str, str] = field(default_factory=dict)
    model_for: dict[tuple[str, str], str] = field(default_factory=dict)
    tables: str = ""
    only: str | None = None

    def overlay(self, engine: str = "duckdb") -> dict[str, str]:
        """Give what is laid over the page's model, as it is written for an engine."""
        own = {file: body for (file, one), body in self.model_for.items() if one == engine}
        return {**self.model, **own}

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.meta.get("now", NOW))

    @property
    def attributes(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(values) for name, values in self.meta.get("as", {}).items()}

    @property
    def time_zone(self) -> str:
        return str(self.meta.get("time_zone", "UTC"))


def read_pages(folder: Path, names: str = "*.md") -> Iterator[Case]:
    """Yield every case of every page."""
    for path in sorted(folder.glob(names)):
        head, *sections = path.read_text("utf-8").split("\n## ")
        blocks = _BLOCK.findall(head)
        model = {file: body for kind, file, engine, body in blocks if kind == "model" and not engine}
        others = {(file, engine): body for kind, file, engine, body in blocks if kind == "model" and engine}
        tables = "".join(body for kind, _, _, body in blocks if kind == "tables")
        only = _ONLY.search(head)
        for section in sections:
            title, _, rest = section.partition("\n")
            case = Case(path.stem, title.strip(), model=dict(model), model_for=dict(others), tables=tables)
            said = only or _ONLY.search(rest)
            case.only = said.group(1) if said else None
            yield _read(case, rest)


def _read(case: Case, text: str) -> Case:
    for kind, dialect, engine, body in _BLOCK.findall(text):
        if kind == "query":
            query = yaml.safe_load(body)
            case.meta = {key: value for key, value in query.items() if key in _OWN}
            case.query = {key: value for key, value in query.items() if key not in _OWN}
        elif kind == "rows":
            case.rows = [[cell.strip() for cell in line.split(" | ")] for line in body.splitlines()]
        elif kind == "missing":
            case.missing = body.split()
        elif kind == "error":
            case.error = yaml.safe_load(body) or {}
        elif kind == "sql" and dialect == "duckdb":
            case.sql = body.strip()
        elif kind == "truth":
            case.truth = body.strip()
        elif kind == "model" and dialect and engine:
            case.model_for[dialect, engine] = body
        elif kind == "model" and dialect:
            case.model[dialect] = body
            case.model_for = {key: one for key, one in case.model_for.items() if key[0] != dialect}
        elif kind == "tables":
            case.tables += body
        else:
            raise ValueError(f"{case.page}: {case.title}: unknown block {kind} {dialect}")
    answers = [one for one in (case.rows, case.error, case.truth) if one is not None]
    if not case.query or len(answers) != 1:
        raise ValueError(f"{case.page}: {case.title}: needs a query and one of rows, truth and error")
    return case


def cell(value: Any) -> str:
    """Write a value as a page does."""
    value = plain(value)
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    return repr(value) if isinstance(value, float) else str(value) or "''"


def reads(text: str, value: Any, *, listed: bool = False) -> bool:
    """Whether a cell of a page names `value`. `listed` texts are sets of parts."""
    value = plain(value)
    if listed and isinstance(value, str) and text != "NULL":
        return {part.strip() for part in value.split(",")} == set(text.split(","))
    if isinstance(value, bool) or value is None or isinstance(value, (str, datetime, time, frozenset)):
        return cell(value) == text
    try:
        wanted = Decimal(text)
    except ArithmeticError:
        return False
    if isinstance(value, float):
        return math.isclose(float(wanted), value, rel_tol=1e-9, abs_tol=1e-12)
    return wanted == value or ("." in text and math.isclose(float(wanted), float(value), rel_tol=1e-15))


def compare(
    case: Case,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    classes: Sequence[str],
    listed: set[str],
    places: Sequence[str | None] = (),
) -> str | None:
    """Tell in words how a result differs from the page, None when it does not."""
    assert case.rows is not None
    header, wanted = case.rows[0], case.rows[1:]
    found: list[list[Any]] = [list(row) for row in rows]
    if "at" in header[:2]:
        columns, found = ["at", *columns], [[place, *row] for place, row in zip(places, found, strict=True)]
    if header[0] == "row":
        columns, found = ["row", *columns], [[kind, *row] for kind, row in zip(classes, found, strict=True)]
    elif any(kind != "data" for kind in classes):
        return f"rows that are not data: {classes}"
    if list(columns) != header:
        return f"columns: {list(columns)}, the page says {header}"
    flags = [name in listed for name in columns]

    def same(text: list[str], row: list[Any]) -> bool:
        return len(text) == len(row) and all(
            reads(one, value, listed=flag) for one, value, flag in zip(text, row, flags, strict=True)
        )

    if len(found) != len(wanted):
        return f"{len(found)} rows, the page says {len(wanted)}:\n{_table(found)}"
    left = list(found)
    for text in wanted:
        if case.query.get("sorts"):
            match = 0 if same(text, left[0]) else None
        else:
            match = next((index for index, row in enumerate(left) if same(text, row)), None)
        if match is None:
            return f"no row {' | '.join(text)} here in\n{_table(found)}"
        left.pop(match)
    return None


def _table(rows: Sequence[Sequence[Any]]) -> str:
    return "\n".join(" | ".join(map(cell, row)) for row in rows)
