"""`kill -9` in the middle of a write: afterwards the old state or the new one, never a mixture."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import select, text

from holoscope.modelstore.history import load_files_at, load_versions
from holoscope.storage.migrations import upgrade
from holoscope.storage.tables import model_files, models
from holoscope.storage.unit_of_work import open_database

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import insert
from holoscope.access.people import insert_organization
from holoscope.access.roles import Role
from holoscope.access.scope import Scopes
from holoscope.kit.clock import system_clock
from holoscope.modelstore.connections import WantedConnection, ensure_connection
from holoscope.modelstore.models import ModelStore
from holoscope.storage.unit_of_work import open_database

database = open_database(Path(sys.argv[1]))
with database.writing() as connection:
    organization = insert_organization(connection, "Shop", system_clock())
wanted = WantedConnection("shop", "duckdb", None, None, Role.QUERIER, {})
connection_id = ensure_connection(database, system_clock, organization.id, wanted).id
store = ModelStore(database, Scopes(database), system_clock)
model = store.create_schema_model(connection_id)
turn = 0
while True:
    turn += 1
    store.replace_files(model.id, {f"v{number}.view": f"# turn {turn}\\n" * 40 for number in range(200)})
    print(turn, flush=True)
"""


def test_a_killed_writer_leaves_old_or_new(tmp_path: Path) -> None:
    dice = random.Random(7)
    for round_ in range(4):
        path = tmp_path / str(round_) / "meta.db"
        upgrade(open_database(path))
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(dice.uniform(0.0, 0.12))
        os.kill(writer.pid, signal.SIGKILL)
        confirmed = writer.stdout.read().split()
        writer.wait()
        writer.stdout.close()
        database = open_database(path)
        with database.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            version = connection.execute(select(models.c.version)).scalar_one()
            texts = set(connection.execute(select(model_files.c.text)).scalars())
            model_id = connection.execute(select(models.c.id)).scalar_one()
            written = load_files_at(connection, model_id, version)
            history = load_versions(connection, model_id)
        database.close()
        turn = version - 1
        assert texts == {f"# turn {turn}\n" * 40}
        assert {file.text for file in written.values()} == texts
        assert [item.version for item in history] == list(range(version, 0, -1))
        assert turn >= int(confirmed[-1] if confirmed else 1), "a confirmed write was lost"
