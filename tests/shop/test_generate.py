"""The shop is the same everywhere, quickly made, and never half there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from holoscope.cli.shop import TABLES, generate_shop
from holoscope.kit.errors import BadRequest


def checksums(path: Path) -> dict[str, tuple[int, int]]:
    """Rows and an order-free checksum of every table."""
    with duckdb.connect(path, read_only=True) as connection:
        return {
            table: connection.execute(f"SELECT count(*), sum(hash(t)) FROM {table} AS t").fetchone()
            for table in TABLES
        }


def test_rows_do_not_depend_on_threads(tmp_path):
    generate_shop(tmp_path / "one.duckdb", scale=0.05, threads=1)
    generate_shop(tmp_path / "four.duckdb", scale=0.05, threads=4)
    assert checksums(tmp_path / "one.duckdb") == checksums(tmp_path / "four.duckdb")


def test_rows_keep_their_place_whatever_the_threads(tmp_path):
    answers = []
    for threads in (1, 3):
        path = tmp_path / f"{threads}.duckdb"
        generate_shop(path, scale=0.01, threads=threads)
        with duckdb.connect(path, read_only=True) as connection:
            answers.append([connection.execute(f"SELECT id FROM {t}").fetchall() for t in TABLES])
    assert answers[0] == answers[1]
    assert all(ids == sorted(ids) for ids in answers[0])


def test_seed_gives_another_shop_of_the_same_size(tmp_path):
    generate_shop(tmp_path / "a.duckdb", scale=0.002, seed=7)
    generate_shop(tmp_path / "b.duckdb", scale=0.002, seed=8)
    a, b = checksums(tmp_path / "a.duckdb"), checksums(tmp_path / "b.duckdb")
    assert {t: rows for t, (rows, _) in a.items()} == {t: rows for t, (rows, _) in b.items()}
    assert a["order_items"] != b["order_items"]


def test_default_scale_takes_less_than_ten_seconds(tmp_path):
    started = time.perf_counter()
    generate_shop(tmp_path / "shop.duckdb")
    assert time.perf_counter() - started < 10
    assert checksums(tmp_path / "shop.duckdb")["order_items"][0] == 200_000


def test_replaces_an_older_file_and_leaves_no_traces(tmp_path):
    path = tmp_path / "shop.duckdb"
    generate_shop(path, scale=0.001)
    (tmp_path / "shop.duckdb.wal").write_bytes(b"changes to the older file")
    generate_shop(path, scale=0.002)
    assert checksums(path)["order_items"][0] == 2000
    assert os.listdir(tmp_path) == ["shop.duckdb"]


@pytest.mark.skipif(os.name != "posix", reason="ends a process by signal")
def test_killed_generation_leaves_nothing_at_the_target(tmp_path):
    path = tmp_path / "shop.duckdb"
    program = (
        "import sys; from pathlib import Path; from holoscope.cli.shop import generate_shop; "
        "generate_shop(Path(sys.argv[1]), scale=20)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(path)])
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".*.partial/*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL
    assert not path.exists()
    assert len(os.listdir(tmp_path)) == 1

    generate_shop(path, scale=0.001)
    assert os.listdir(tmp_path) == ["shop.duckdb"]


def test_failed_generation_cleans_up(tmp_path, monkeypatch):
    steps = tmp_path / "steps" / "generate"
    steps.mkdir(parents=True)
    (steps / "01.sql").write_text("CREATE TABLE users AS SELECT 1 AS id; SELECT * FROM nowhere")
    monkeypatch.setattr("holoscope.cli.shop.shop_folder", lambda: steps.parent)
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(duckdb.CatalogException):
        generate_shop(target / "shop.duckdb")
    assert os.listdir(target) == []


@pytest.mark.parametrize(("scale", "seed"), [(0, 7), (-1, 7), (101, 7), (float("nan"), 7), (0.1, -1)])
def test_refuses_sizes_and_seeds_that_make_no_shop(tmp_path, scale, seed):
    with pytest.raises(BadRequest):
        generate_shop(tmp_path / "shop.duckdb", scale=scale, seed=seed)
    assert os.listdir(tmp_path) == []


def test_file_can_be_opened_by_the_oldest_supported_duckdb(tmp_path):
    generate_shop(tmp_path / "shop.duckdb", scale=0.001)
    with duckdb.connect(tmp_path / "shop.duckdb", read_only=True) as connection:
        tags = connection.execute(
            "SELECT tags FROM duckdb_databases() WHERE database_name = 'shop'"
        ).fetchone()
    assert "v1.5.0" in str(tags)
