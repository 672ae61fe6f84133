"""Pages of formulas: Markdown that lists cells, formulas over them, and the values they have in each row.

A page begins with a block `cells`: a header of `name:type` columns (number, text, time, date, truth) and
rows, cells parted by ` | `; NULL is blank, `''` the empty text. Its columns are A, B, C, ... in formulas.
Then blocks `formulas`: a formula, ` => `, and its values from the first row to the last parted by ` ; `
(`all: 5` for the same value in every row, `error: words` for a refusal).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(cells|formulas)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TYPES = {
    "number": "DECIMAL(18,6)",
    "integer": "BIGINT",
    "double": "DOUBLE PRECISION",
    "text": "VARCHAR",
    "time": "TIMESTAMP",
    "date": "DATE",
    "truth": "BOOLEAN",
}


@dataclass(frozen=True)
class Cells:
    """The cells of a page: names and types of columns, and rows of texts."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Line:
    """A formula of a page and the texts of its values, or the words of its refusal."""

    page: str
    formula: str
    values: tuple[str, ...]
    error: str | None
    cells: Cells


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield every formula of every page."""
    for path in sorted(folder.glob("*.md")):
        yield from read_page(path)


def read_page(path: Path) -> Iterator[Line]:
    """Yield every formula of one page."""
    cells: Cells | None = None
    for kind, body in _BLOCK.findall(path.read_text("utf-8")):
        if kind == "cells":
            cells = _cells(body)
            continue
        assert cells is not None, f"{path.name}: cells must come first"
        for line in body.splitlines():
            if line.strip():
                yield _line(path.stem, line, cells)


def _cells(body: str) -> Cells:
    header, *rows = [
        [cell.strip() for cell in line.split(" | ")] for line in body.splitlines() if line.strip()
    ]
    names, kinds = zip(*(item.split(":") for item in header), strict=True)
    assert all(len(row) == len(names) for row in rows), rows
    return Cells(names, kinds, tuple(map(tuple, rows)))


def _line(page: str, text: str, cells: Cells) -> Line:
    formula, _, wanted = text.partition(" => ")
    wanted = wanted.strip()
    if wanted.startswith("error:"):
        return Line(page, formula.strip(), (), wanted.removeprefix("error:").strip(), cells)
    if wanted.startswith("all:"):
        return Line(
            page, formula.strip(), (wanted.removeprefix("all:").strip(),) * len(cells.rows), None, cells
        )
    values = tuple(item.strip() for item in wanted.split(" ; "))
    assert len(values) == len(cells.rows), f"{page}: {text}: {len(values)} values for {len(cells.rows)} rows"
    return Line(page, formula.strip(), values, None, cells)


def create_table(cells: Cells) -> str:
    """Write the SQL that makes the table `cells`, understood by every warehouse."""
    columns = ", ".join(f"{name} {TYPES[kind]}" for name, kind in zip(cells.names, cells.kinds, strict=True))
    rows = ", ".join("(" + ", ".join(map(_literal, row, cells.kinds)) + ")" for row in cells.rows)
    return f"CREATE TABLE cells ({columns}); INSERT INTO cells VALUES {rows};"


def _literal(text: str, kind: str) -> str:
    if text == "NULL":
        return "NULL"
    if kind in ("text", "time", "date"):
        value = "" if text == "''" else text
        return "'" + value.replace("'", "''") + "'"
    return text


def view_of(cells: Cells) -> str:
    """Write the model file of a view over the table."""
    lines = [f"  {name}: {{}}" for name in cells.names]
    return "\n".join(["table_name: cells", "dimensions:", *lines, ""])
