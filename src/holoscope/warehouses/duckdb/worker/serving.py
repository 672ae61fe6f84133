"""A worker's life: wait to be told what to open, then run one statement after the other.

The main thread answers; a second one listens on the control pipe for statements to stop and for the
end of the server, which is the worker's own end.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import threading
from typing import Any

import duckdb

from holoscope.kit.errors import WarehouseError
from holoscope.warehouses.duckdb.frames import NUMBER, Broken, Kind, Statement, Why, receive, send, send_json
from holoscope.warehouses.duckdb.gate import StatementRefused
from holoscope.warehouses.duckdb.settings import DuckDBSettings, UnsafeWarehouse
from holoscope.warehouses.duckdb.worker import limits
from holoscope.warehouses.duckdb.worker.confine import confine, drop_privileges
from holoscope.warehouses.duckdb.worker.sandbox import SPILL, open_sandbox
from holoscope.warehouses.duckdb.worker.session import RowTooLarge, Session, Stopped, WholeNumberTooLarge

_AGAIN_SECONDS = 0.05


def serve(requests: int, results: int, control: int) -> None:
    """Answer until the server hangs up."""
    asked = os.fdopen(requests, "rb")
    try:
        send(results, Kind.READY)
        _, payload = receive(asked)
        session = _opened(results, json.loads(payload))
        if session is None:
            return
        threading.Thread(target=_listen, args=(control, session), daemon=True).start()
        send(results, Kind.READY)
        while True:
            _, payload = receive(asked)
            _answer(session, results, json.loads(payload))
    except (Broken, BrokenPipeError):
        _vanish()


def _opened(results: int, order: dict[str, Any]) -> Session | None:
    """Confine this process to a folder and a file, and open it; tell the server when that fails."""
    settings = DuckDBSettings(**order["settings"])
    os.chdir(order["folder"])
    os.mkdir(SPILL, 0o700)
    try:
        limits.before_opening(settings.temp_mib)
        confine(order["path"], order["folder"])
        connection = open_sandbox(order["path"], settings)
        drop_privileges(SPILL)
        limits.after_opening(settings.memory_mib)
        return Session(connection, results, settings)
    except UnsafeWarehouse as error:
        _fail(results, Why.UNSAFE, error.detail)
    except (duckdb.Error, OSError, MemoryError) as error:
        _fail(results, Why.ENGINE, str(error))
    return None


def _answer(session: Session, results: int, order: dict[str, Any]) -> None:
    number = order.pop("number")
    try:
        session.run(number, Statement(**order))
    except (Stopped, duckdb.InterruptException):
        _fail(results, Why.STOPPED, "")
    except StatementRefused as error:
        _fail(results, Why.REFUSED, error.detail)
    except WarehouseError as error:
        _fail(results, Why.ENGINE, error.detail)
    except WholeNumberTooLarge:
        _fail(results, Why.BEYOND_64_BITS, "")
    except RowTooLarge:
        _fail(results, Why.ROW_TOO_LARGE, "")
    except (duckdb.FatalException, duckdb.InternalException) as error:
        _fail(results, Why.ENGINE, str(error))
        _vanish()  # the engine says itself that it must be started anew
    except MemoryError:
        _fail(results, Why.NO_MEMORY, "")
        _vanish()
    except (BrokenPipeError, Broken):
        raise
    except Exception as error:  # noqa: BLE001  (whatever an engine raises is told, and the worker lives)
        _fail(results, Why.STOPPED if session.is_stopped(number) else Why.ENGINE, str(error))


def _listen(control: int, session: Session) -> None:
    """Stop what is to be stopped, again and again: an interrupt between two steps of the engine is lost."""
    number = None
    while True:
        patience = None if number is None else _AGAIN_SECONDS
        if select.select([control], [], [], patience)[0]:
            told = os.read(control, NUMBER.size)
            if len(told) < NUMBER.size:
                _vanish()
            (number,) = NUMBER.unpack(told)
        if number is not None and not session.stop(number):
            number = None


def _fail(results: int, why: Why, text: str) -> None:
    send_json(results, Kind.FAILED, {"why": why.value, "text": text})


def _vanish() -> None:
    """End at once, whatever else runs here, and leave nothing on disk."""
    shutil.rmtree(SPILL, ignore_errors=True)
    os._exit(0)
