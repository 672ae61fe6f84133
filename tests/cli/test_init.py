"""`holoscope init` on somebody's own data, by real processes."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import duckdb
import pytest

from support.live import Live, clean_environment, run_holoscope, start_server

ORDERS = """\
Order ID,Customer ID,Amount ($),Ordered At,status
1,1,10.5,2026-01-02 10:00:00,paid
2,1,4.5,2026-01-03 11:00:00,open
3,2,7,2026-02-01 09:30:00,paid
"""
CUSTOMERS = "id,name,city\n1,Ann,Delft\n2,Bob,Gent\n"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    folder = tmp_path / "rows"
    folder.mkdir()
    (folder / "Orders.csv").write_text(ORDERS)
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "notes.txt").write_text("not rows")
    return folder


@pytest.fixture
def stopping() -> Iterator[list[Live]]:
    started: list[Live] = []
    yield started
    for live in started:
        if live.process.poll() is None:
            live.process.kill()
            live.process.wait()


def welcome(live: Live) -> str:
    """Return what the server printed once it has said everything, which is after `init.json` is there."""
    until = time.monotonic() + 20
    while "Ctrl-C" not in live.log() and time.monotonic() < until:
        time.sleep(0.02)
    return live.log()


def ask(live: Live, **query: object) -> str:
    query = {"modelId": live.model_id, **query}
    done = run_holoscope(
        *("query", "-", "--base-url", live.base_url, "--ca-file", live.ca_file, "--format", "csv"),
        text=json.dumps(query),
        HOLOSCOPE_API_KEY=live.api_key,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_folder_of_files_is_served_and_served_again(
    rows: Path, tmp_path: Path, stopping: list[Live]
) -> None:
    data = tmp_path / "data"
    live = start_server(data, "init", "--connect", rows)
    stopping.append(live)
    assert S_IMODE((data / "init.json").stat().st_mode) == 0o600
    assert S_IMODE((data / "rows.duckdb").stat().st_mode) == 0o600
    log = welcome(live)
    assert "Orders.csv: 3 rows" in log
    assert "Passed over: notes.txt" in log
    assert "Holoscope has a model of rows.duckdb: 2 views." in log
    command = log[log.index("curl ") :].split("\n\n")[0]
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.splitlines() == ['"Status","Count"', '"paid",2', '"open",1'], done.stderr
    # The guess that "Customer ID" names a customer carries the join.
    assert ask(
        live,
        table="orders",
        fields=["customers.city", "orders.count"],
        sorts=[{"column_name": "customers.city", "sort_descending": False}],
    ).splitlines()[1:] == ['"Delft",2', '"Gent",1']
    assert live.stop() == 0
    with (rows / "Orders.csv").open("a") as file:
        file.write("4,2,1,2026-02-02 09:30:00,paid\n")
    (rows / "customers.csv").write_text("id,name,city,country\n1,Ann,Delft,NL\n2,Bob,Gent,BE\n")
    again = start_server(data, "init", "--connect", rows)
    stopping.append(again)
    kept = ("api_key", "model_id", "admin_password", "ca_file")
    assert [getattr(again, name) for name in kept] == [getattr(live, name) for name in kept]
    assert ask(again, table="orders", fields=["customers.country", "orders.count"]).splitlines()[1:] in (
        ['"NL",2', '"BE",2'],
        ['"BE",2', '"NL",2'],
    )
    assert again.stop() == 0


def test_a_duckdb_file_lies_where_it_lies(tmp_path: Path, stopping: list[Live]) -> None:
    path = tmp_path / "my shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table riders (id int primary key, city text)")
        connection.execute("insert into riders values (1, 'Delft'), (2, 'Gent')")
    before = path.read_bytes()
    data = tmp_path / "data"
    made = run_holoscope(
        "init", "--connect", f"duckdb://{path}", "--data-dir", data, "--no-serve", "--name", "Mine"
    )
    assert made.returncode == 0, made.stderr
    assert "Holoscope has a model of my shop.duckdb: 1 view." in made.stdout
    assert "holoscope serve --data-dir" in made.stdout
    values = json.loads((data / "init.json").read_text())
    live = start_server(data, "init", "--connect", path, "--name", "Mine")
    stopping.append(live)
    assert (live.api_key, live.model_id) == (values["api_key"], values["model_id"])
    assert ask(live, table="riders", fields=["riders.count"]).splitlines()[1:] == ["2"]
    assert live.stop() == 0
    assert path.read_bytes() == before
    assert {item.name for item in tmp_path.iterdir()} == {"my shop.duckdb", "data"}


def refusal(tmp_path: Path, connect: object) -> str:
    done = run_holoscope("init", "--connect", connect, "--data-dir", tmp_path / "data", "--no-serve")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "init.json").exists()
    return done.stderr


def test_mistakes_are_sentences(tmp_path: Path) -> None:
    assert "There is no file or folder" in refusal(tmp_path, tmp_path / "nowhere.duckdb")
    assert "Cannot connect to mysql" in refusal(tmp_path, "mysql://localhost/shop")
    assert "user is missing" in refusal(tmp_path, "postgres://localhost/shop")
    (tmp_path / "no.duckdb").write_text("no database")
    assert refusal(tmp_path, tmp_path / "no.duckdb") == "holoscope: no.duckdb is not a DuckDB file.\n"
    (tmp_path / "rows").mkdir()
    assert "has no CSV or Parquet files." in refusal(tmp_path, tmp_path / "rows")
    (tmp_path / "rows" / "a.csv").touch()
    assert refusal(tmp_path, tmp_path / "rows") == (
        "holoscope: a.csv is empty: there is no table to make of it.\n"
    )
    duckdb.connect(str(tmp_path / "bare.duckdb")).close()
    assert "bare.duckdb has no tables" in refusal(tmp_path, tmp_path / "bare.duckdb")


def test_a_file_that_is_being_written_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "busy.duckdb"
    code = (
        f"import duckdb; c = duckdb.connect({str(path)!r}); c.execute('create table t (a int)'); "
        "print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        sentence = refusal(tmp_path, path)
        writer.communicate("\n")
    assert sentence == (
        f"holoscope: Another program (process {writer.pid}) has busy.duckdb open for writing. "
        "Close it there and try again.\n"
    )
