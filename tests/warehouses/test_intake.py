"""Files of rows become tables: names, types, odd texts, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from holoscope.kit.errors import BadRequest
from holoscope.warehouses.duckdb.intake import is_data_file, take_in


def write(folder: Path, **files: bytes | str) -> list[Path]:
    """Write files whose dots are written as two underscores."""
    made = []
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        made.append(path)
    return made


def read(target: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(target), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_types_are_found_in_the_whole_file(tmp_path: Path) -> None:
    lines = "".join(f"{n};2026-01-01;true;1,5\n" for n in range(30_000))
    files = write(tmp_path, orders__csv=f"id;day;paid;text\n{lines}x1;;;\n")
    (taken,) = take_in(files, tmp_path / "out.duckdb")
    assert (taken.file, taken.table, taken.rows, taken.note) == ("orders.csv", "orders", 30_001, None)
    assert read(tmp_path / "out.duckdb", "select column_name, data_type from duckdb_columns()")[:3] == [
        ("id", "VARCHAR"),
        ("day", "DATE"),
        ("paid", "BOOLEAN"),
    ]


def test_every_kind_of_file(tmp_path: Path) -> None:
    duckdb.sql("select 1 as a, {'x': 2} as s").write_parquet(str(tmp_path / "p.parquet"))
    files = write(tmp_path, t__tsv="a\tb\n1\t2\n", z__csv__gz=gzip.compress(b"a,b\n1,2\n2,3\n"))
    files.append(tmp_path / "p.parquet")
    taken = take_in(files, tmp_path / "out.duckdb")
    assert [(one.table, one.rows) for one in taken] == [("p", 1), ("t", 1), ("z", 2)]
    assert read(tmp_path / "out.duckdb", "select s.x from p") == [(2,)]


def test_names_of_files_become_names_of_tables(tmp_path: Path) -> None:
    for name in (
        "Größe 2024.csv",
        "a[1].csv",
        "a1.csv",
        "a-b.csv",
        "a_b.csv",
        "2024.csv",
        "売上.CSV",
        "-.csv",
    ):
        (tmp_path / name).write_text(f"c\n{name}\n")
    files = [path for path in tmp_path.iterdir() if is_data_file(path)]
    taken = {one.file: one.table for one in take_in(files, tmp_path / "out.duckdb")}
    assert taken == {
        "Größe 2024.csv": "grosse_2024",
        "a[1].csv": "a_1",
        "a1.csv": "a1",
        "a-b.csv": "a_b_2",
        "a_b.csv": "a_b",
        "2024.csv": "table_2024",
        "売上.CSV": "売上",
        "-.csv": "table",
    }
    for file, table in taken.items():
        assert read(tmp_path / "out.duckdb", f'select * from "{table}"') == [(file,)]


@pytest.mark.parametrize(
    ("content", "note", "rows"),
    [
        ("name,x\nGröße,1\n".encode(), None, [("Größe", 1)]),
        (b"\xef\xbb\xbfname,x\nann,1\n", None, [("ann", 1)]),
        ("name,x\nGröße,1\n".encode("cp1252"), "not UTF-8, read as Windows-1252", [("Größe", 1)]),
        ("name,x\nGröße,1\n".encode("utf-16"), "read as UTF-16", [("Größe", 1)]),
        (b"name,x\r\nann,1\r\n", None, [("ann", 1)]),
        (b'name,x\n"a, ""b""\nc",1\n', None, [('a, "b"\nc', 1)]),
        (b"name,x\n", None, []),
    ],
)
def test_texts(tmp_path: Path, content: bytes, note: str | None, rows: list[tuple[object, ...]]) -> None:
    (taken,) = take_in(write(tmp_path, t__csv=content), tmp_path / "out.duckdb")
    assert taken.note == note
    assert read(tmp_path / "out.duckdb", "select * from t") == rows
    assert read(tmp_path / "out.duckdb", "select column_name from duckdb_columns()")[:2] == [
        ("name",),
        ("x",),
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.csv", b"", "t.csv is empty: there is no table to make of it."),
        ("t.csv", b"\n \r\n", "t.csv is empty: there is no table to make of it."),
        ("t.csv", b"a,b\n1,2\n3,4,5\n6\n", "its lines do not have the same number of values throughout."),
        ("t.parquet", b"", "t.parquet is empty"),
        ("t.parquet", b"no parquet", "Cannot read t.parquet: it is not a Parquet file, or it is damaged."),
        ("t.csv.gz", b"no gzip", "Cannot read t.csv.gz: "),
    ],
)
def test_what_is_refused_leaves_the_target_as_it_was(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    target = tmp_path / "out.duckdb"
    take_in(write(tmp_path, good__csv="a\n1\n"), target)
    before = target.read_bytes()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadRequest) as refused:
        take_in([tmp_path / "good.csv", tmp_path / name], target)
    assert sentence in refused.value.detail
    assert str(tmp_path) not in refused.value.detail
    assert target.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"out.duckdb", "good.csv", name}


def test_hidden_and_foreign_files_are_nobodys_data() -> None:
    names = ["a.csv", "a.TSV", "a.csv.gz", "a.parquet", ".a.csv", "a.xlsx", "a.csv.bak", "csv"]
    assert [name for name in names if is_data_file(Path(name))] == names[:4]
