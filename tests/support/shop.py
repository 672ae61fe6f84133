"""The shop for tests: its model folder, and its tables, generated once for each version of the generator."""

import getpass
import hashlib
import tempfile
from functools import lru_cache
from pathlib import Path

import duckdb

from holoscope.cli import shop
from holoscope.cli.shop import generate_shop, shop_folder

SHOP_FOLDER = shop_folder()
SHOP_MODEL_FOLDER = SHOP_FOLDER / "model"
SHOP_QUERIES_FOLDER = SHOP_FOLDER / "queries"


@lru_cache(maxsize=8)
def shop_database(scale: float = 0.002) -> Path:
    """Return a DuckDB file with the shop's tables; others use it too, so read it (`open_shop`) and leave it.

    Workers share the file. Whoever comes first generates it; should two come at once, both do, and
    the second rename puts identical rows in the place of the first.
    """
    path = _folder() / f"shop-{scale:g}.duckdb"
    if not path.exists():
        generate_shop(path, scale=scale)
    return path


def open_shop(scale: float = 0.002) -> duckdb.DuckDBPyConnection:
    """Return a connection of its own to the shop's tables, read-only.

    The file is attached, not opened: one process may open a file once only with one configuration, and
    a server under test has the file open with its own.
    """
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{shop_database(scale)}' AS shop (READ_ONLY)")
    connection.execute("USE shop")
    return connection


def _folder() -> Path:
    """Name a folder by what decides the rows: a changed generator never meets an old file."""
    recipe = hashlib.sha256(duckdb.__version__.encode())
    for source in [*sorted((SHOP_FOLDER / "generate").glob("*.sql")), Path(shop.__file__)]:
        recipe.update(source.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"holoscope-tests-{getpass.getuser()}-{recipe.hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
