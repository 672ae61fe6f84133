"""The shop: a small, deterministic web shop to try Holoscope on.

The SQL that makes the rows lies beside the model in `examples/shop/generate`; this module runs it into
a DuckDB file that appears whole or not at all.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id

ITEMS_AT_SCALE_ONE = 1_000_000
TABLES = (
    "users",
    "distribution_centers",
    "products",
    "inventory_items",
    "orders",
    "order_items",
    "events",
)
_STORAGE_VERSION = "v1.5.0"  # the oldest DuckDB we support must be able to open the file


def shop_folder() -> Path:
    """Return the folder with the shop's model, queries and generator.

    In an installed wheel that is package data; in a source checkout it is `examples/shop`.

    Raises:
        FileNotFoundError: the distribution was packed without its examples.
    """
    here = Path(__file__).resolve()
    for root in (here.parents[1], here.parents[3]):
        folder = root / "examples" / "shop"
        if (folder / "generate").is_dir():
            return folder
    raise FileNotFoundError("The shop example is not part of this installation.")


def generate_shop(path: Path, *, scale: float = 0.2, seed: int = 7, threads: int | None = None) -> None:
    """Write the shop's tables to a new DuckDB file at `path`, replacing any file there.

    The rows depend on `scale` and `seed` alone, never on `threads` (None: DuckDB decides) or the machine.
    Everything is written to a neighbouring folder first and renamed at the end, so whoever
    opens `path` sees the old file, no file, or the finished one.

    Args:
        path: where the file shall be; its folder must exist.
        scale: 1 makes 1,000,000 order items; the other tables grow with it.
        seed: another number gives another shop of the same shape.
        threads: upper bound for DuckDB's worker threads.

    Raises:
        BadRequest: the scale is outside 0.0005 to 100, or the seed outside 0 to 999,999,999.
    """
    if not 0.0005 <= scale <= 100:
        raise BadRequest(f"scale must be between 0.0005 and 100, not {scale:g}.")
    if not 0 <= seed <= 999_999_999:
        raise BadRequest(f"seed must be between 0 and 999999999, not {seed}.")
    _remove_abandoned(path)
    workshop = path.with_name(f".{path.name}.{os.getpid()}-{new_id()[:8]}.partial")
    workshop.mkdir()
    try:
        half_done = workshop / path.name
        _write_tables(half_done, item_rows=round(scale * ITEMS_AT_SCALE_ONE), seed=seed, threads=threads)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)  # belongs to the file that goes
        half_done.replace(path)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _write_tables(path: Path, *, item_rows: int, seed: int, threads: int | None) -> None:
    steps = sorted((shop_folder() / "generate").glob("*.sql"))
    config: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": _STORAGE_VERSION
    }
    if threads is not None:
        config["threads"] = threads
    with duckdb.connect(path, config=config) as connection:
        connection.execute(f"SET VARIABLE seed = {seed:d}::BIGINT")
        connection.execute(f"SET VARIABLE item_rows = {item_rows:d}::BIGINT")
        for step in steps:
            connection.execute(step.read_text(encoding="utf-8"))
        connection.execute("CHECKPOINT")


def _remove_abandoned(path: Path) -> None:
    """Remove what a killed generation left beside `path`; folders of living processes stay."""
    for folder in path.parent.glob(f".{path.name}.*.partial"):
        owner = folder.name.removeprefix(f".{path.name}.").partition("-")[0]
        if owner.isdigit() and not _is_running(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process_id: int) -> bool:
    if os.name != "posix":
        return True  # asking with signal 0 is a POSIX custom; elsewhere it would end the process
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
