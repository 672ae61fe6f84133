"""The process in which statements run: what it has, what it may use, and what remains when it dies."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.failures import WorkerLost
from holoscope.warehouses.duckdb.nursery import Nursery
from holoscope.warehouses.duckdb.settings import DuckDBSettings, UnsafeWarehouse
from holoscope.warehouses.duckdb.spill import clear_spill
from holoscope.warehouses.duckdb.worker.sandbox import read_back
from support.duckdb_files import ITEMS, write_duckdb
from support.pace import until
from support.processes import children_of
from support.statements import ENDLESS, MINUTE, Asked, read

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SPILLS = "select repeat('a', 100) || range as x from range(20000000) order by x desc"
MEMORY = 256


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("ground")
    (made / "tmp").mkdir()
    return made


@pytest.fixture
def warehouse(folder):
    path = write_duckdb(folder / "items.duckdb", ITEMS)
    settings = DuckDBSettings(
        memory_mib=MEMORY, threads=2, concurrency=2, temp_directory=folder / "tmp", temp_mib=256
    )
    opened = open_duckdb(path, connection_id="c", settings=settings)
    yield opened
    opened.close()
    assert list((folder / "tmp").iterdir()) == []


def count(warehouse):
    return read(warehouse, "select count(*) n from items").to_pylist()


def pid_of(warehouse) -> int:
    """The worker that the next statement gets."""
    worker = warehouse.workers.lease()
    warehouse.workers.give_back(worker)
    return worker.pid


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def busy(warehouse, sql=ENDLESS, timeout=MINUTE) -> tuple[Asked, int]:
    pid = pid_of(warehouse)
    asked = Asked(warehouse, sql, timeout)
    until(lambda: asked.has_begun() or not asked.is_alive())
    return asked, pid


def kill_the_idle(warehouse) -> None:
    worker = warehouse.workers.lease()
    warehouse.workers.give_back(worker)
    worker._process.kill()
    until(lambda: not worker.is_alive)


def test_what_a_worker_has(warehouse):
    pid = pid_of(warehouse)
    assert Path(f"/proc/{pid}/environ").read_bytes().strip(b"\0") in (
        b"",
        b"ARROW_DEFAULT_MEMORY_POOL=system",
    )
    targets = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    pipes = [target for target in targets if target.startswith("pipe:")]
    files = {target for target in targets if not target.startswith(("pipe:", "/dev/null", "anon_inode"))}
    assert (len(pipes), files) == (3, {str(warehouse._path)})
    limits = {
        line[:26].strip(): line[26:].split()[:2]
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
    }
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["64", "64"]
    assert limits["Max file size"] == [str(256 << 20)] * 2
    soft, hard = (int(number) for number in limits["Max address space"])
    assert soft == hard < 8 << 30
    told = status(pid)
    assert told["NoNewPrivs"].strip() == "1"
    assert int(told["CapEff"], 16) == 0 or os.geteuid() != 0
    if os.geteuid() == 0:
        assert set(told["Uid"].split()) == set(told["Gid"].split()) == {"65534"}


def test_the_server_loads_no_engine(warehouse):
    import subprocess

    code = "import sys, holoscope.warehouses.duckdb.driver; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_killed_worker_is_an_error_and_the_next_question_gets_another(warehouse):
    asked, pid = busy(warehouse)
    os.kill(pid, signal.SIGKILL)
    error = asked.outcome()
    assert isinstance(error, WorkerLost)
    assert "ended before it had an answer" in error.detail
    assert count(warehouse) == [{"n": 20}]
    assert pid not in children_of()


def test_an_idle_worker_that_died_is_not_used(warehouse):
    for _ in range(2):
        kill_the_idle(warehouse)
        assert count(warehouse) == [{"n": 20}]


def test_killed_while_it_spills_leaves_nothing(warehouse, folder):
    asked, pid = busy(warehouse, SPILLS)
    until(lambda: list((folder / "tmp").rglob("*.*")) or not asked.is_alive())
    assert list((folder / "tmp").rglob("spill/*")), "it did not spill"
    os.kill(pid, signal.SIGKILL)
    assert isinstance(asked.outcome(), WorkerLost)
    assert list((folder / "tmp").rglob("spill/*")) == []
    assert count(warehouse) == [{"n": 20}]


@pytest.mark.parametrize("how", ["deadline", "cancel"])
def test_a_worker_that_does_not_listen_is_killed_after_a_grace(warehouse, how):
    """A stopped process stands for an engine that never looks at its interrupt."""
    asked, pid = busy(warehouse, timeout=timedelta(seconds=3 if how == "deadline" else 60))
    os.kill(pid, signal.SIGSTOP)
    if how == "cancel":
        asked.execution.cancel()
    assert isinstance(asked.outcome(), RunKilled)
    assert count(warehouse) == [{"n": 20}]
    assert pid not in children_of()


def test_other_statements_do_not_notice(warehouse):
    asked, pid = busy(warehouse)
    with warehouse.execute("select range a from range(300000)", timeout=MINUTE).open() as stream:
        next(stream.batches)
        os.kill(pid, signal.SIGKILL)
        assert isinstance(asked.outcome(), WorkerLost)
        assert sum(batch.num_rows for batch in stream.batches) > 200_000


@pytest.mark.parametrize(
    "sql",
    [
        "select list(range) from range(1000000000)",
        "select length(repeat('a', 3000000000))",
        "select string_agg(repeat('a', 100000), '') from range(100000)",
        "select histogram(range) from range(300000000)",
    ],
)
def test_memory_is_bounded_and_the_next_question_unharmed(warehouse, sql):
    asked, pid = busy(warehouse, sql, timeout=timedelta(seconds=15))
    most = 0
    while asked.is_alive():
        try:
            most = max(most, int(status(pid)["VmRSS"].split()[0]))
        except (FileNotFoundError, KeyError, ProcessLookupError):
            break
        time.sleep(0.01)
    error = asked.outcome(30)
    assert isinstance(error, (WarehouseError, RunKilled))
    assert most < (MEMORY + 512 + 256) << 10
    assert count(warehouse) == [{"n": 20}]


def test_a_file_that_is_replaced(warehouse, folder):
    """Who has it open goes on with what was opened; nothing new is opened beside it."""
    state = warehouse.state
    write_duckdb(folder / "new.duckdb", ITEMS, "delete from items where id > 4")
    os.replace(folder / "new.duckdb", folder / "items.duckdb")
    assert count(warehouse) == [{"n": 20}]
    with warehouse.execute("select range a from range(10000000)", timeout=MINUTE).open() as stream:
        next(stream.batches)
        second = Asked(warehouse, "select count(*) n from items")
        time.sleep(0.3)
        assert second.is_alive()  # waits for the worker that has the old file
    assert second.outcome() is None
    kill_the_idle(warehouse)
    with pytest.raises(WarehouseError, match="was replaced"):
        count(warehouse)
    assert warehouse.state == state
    assert warehouse.is_replaced()


def test_slots_come_back(warehouse):
    for _ in range(3):
        asked, pid = busy(warehouse)
        os.kill(pid, signal.SIGKILL)
        assert isinstance(asked.outcome(), WorkerLost)
    assert warehouse.under_way.slots._free == 2


def test_closing_ends_every_process(folder):
    before = children_of()
    path = write_duckdb(folder / "closing.duckdb", ITEMS)
    nursery = Nursery(spare=1)
    opened = open_duckdb(path, connection_id="c", settings=DuckDBSettings(concurrency=2), nursery=nursery)
    asked = Asked(opened, ENDLESS)
    until(asked.has_begun)
    opened.close()
    nursery.close()
    assert isinstance(asked.outcome(), RunKilled)
    assert children_of() <= before


def test_workers_end_with_the_server(folder):
    """Also when it is killed, and in the middle of a statement; their folders go with them."""
    import subprocess

    path = write_duckdb(folder / "orphan.duckdb", ITEMS)
    (folder / "orphans").mkdir()
    code = f"""
import threading, time
from datetime import timedelta
from pathlib import Path
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.settings import DuckDBSettings, UnsafeWarehouse
settings = DuckDBSettings(temp_directory=Path({str(folder / "orphans")!r}))
opened = open_duckdb(Path({str(path)!r}), connection_id="c", settings=settings)
worker = opened.workers._idle[-1].pid
threading.Thread(target=opened.execute({ENDLESS!r}, timeout=timedelta(60)).read_all, daemon=True).start()
time.sleep(0.5)
print(worker, flush=True)
time.sleep(60)
"""
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    worker = int(server.stdout.readline())
    assert Path(f"/proc/{worker}").exists()
    server.kill()
    server.wait()
    server.stdout.close()
    until(lambda: not Path(f"/proc/{worker}").exists())
    clear_spill(folder / "orphans")  # the folder itself, which the next start takes away
    assert list((folder / "orphans").iterdir()) == []


def test_a_result_waits_for_its_reader_in_bounded_memory(warehouse):
    """A reader that does not read stops the worker, which holds a few batches and no more."""
    pid = pid_of(warehouse)
    sql = "select range a, repeat('x', 200) b from range(5000000)"  # a gigabyte
    with warehouse.execute(sql, timeout=MINUTE).open() as stream:
        next(stream.batches)
        time.sleep(1.5)
        used = int(status(pid)["VmRSS"].split()[0])
        assert used < (MEMORY + 400) << 10
        rows = sum(batch.num_rows for batch in stream.batches)
    assert rows > 4_900_000


def test_wide_rows_are_cut_to_pieces(warehouse):
    sql = "select repeat('x', 1000000) b from range(100)"
    with warehouse.execute(sql, timeout=MINUTE).open() as stream:
        sizes = [batch.nbytes for batch in stream.batches]
    assert max(sizes) <= 9 << 20
    assert sum(sizes) >= 100_000_000


def test_nothing_else_of_the_machine_can_be_opened(folder):
    """The kernel refuses what the engine's own sandbox would have to refuse."""
    import subprocess

    secret = folder / "secret.txt"
    secret.write_text("secret")
    own = folder / "own"
    own.mkdir()
    path = write_duckdb(folder / "confined.duckdb", ITEMS)
    code = f"""
import os, sys, socket, subprocess, duckdb
from holoscope.warehouses.duckdb.worker.confine import confine
if not confine({str(path)!r}, {str(own)!r}):
    sys.exit(42)
def refused(what):
    try:
        what()
    except PermissionError:
        return True
    return False
assert refused(lambda: open({str(secret)!r}))
assert refused(lambda: open('/etc/passwd'))
assert refused(lambda: os.listdir({str(folder)!r}))
assert refused(lambda: open({str(folder / "new.txt")!r}, 'w'))
assert refused(lambda: open({str(path)!r}, 'r+'))
assert refused(lambda: os.execv('/bin/true', ['true']))
open({str(own / "spilled")!r}, 'w').write('x')
os.remove({str(own / "spilled")!r})
assert duckdb.connect({str(path)!r}, read_only=True).sql('select count(*) from items').fetchall() == [(20,)]
with socket.socket() as door:
    try:
        door.connect(('127.0.0.1', 9))
    except PermissionError:
        pass
    except ConnectionRefusedError:
        print('this kernel does not confine TCP')
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    if done.returncode == 42:
        pytest.skip("this kernel has no Landlock")
    assert done.returncode == 0, done.stderr


def test_a_setting_that_does_not_take_stops_the_opening(folder):
    path = write_duckdb(folder / "unset.duckdb", ITEMS)
    with pytest.raises((UnsafeWarehouse, WarehouseError)):
        open_duckdb(path, connection_id="c", settings=DuckDBSettings(threads=0))


@pytest.mark.parametrize(
    ("name", "value", "is_locked"),
    [("threads", "63", True), ("memory_limit", "1024MiB", True), ("TimeZone", "UTC", False)],
)
def test_a_setting_that_reads_back_differently_is_refused(folder, name, value, is_locked):
    path = write_duckdb(folder / "read_back.duckdb", ITEMS)
    limits = {"threads": "2", "memory_limit": "512MiB", "TimeZone": "UTC"}
    with duckdb.connect(str(path), read_only=True) as connection:
        for setting, given in limits.items():
            connection.execute(f"SET GLOBAL {setting} = '{given}'")
        if is_locked:
            connection.execute("SET GLOBAL lock_configuration = true")
            read_back(connection, limits, set())
        wrong = name if is_locked else "lock_configuration"
        with pytest.raises(UnsafeWarehouse, match=wrong.lower()):
            read_back(connection, limits | {name: value}, set())
