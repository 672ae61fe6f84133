"""A warehouse is opened once, however many ask at the same time; a failure is not remembered."""

import threading
import time
from pathlib import Path

import pytest

from holoscope.kit.errors import WarehouseError
from holoscope.warehouses.base import Warehouse
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.pool import Pool
from support.shop import shop_database


def opener(opened: list[str], path: Path):
    def open_one(connection_id: str) -> Warehouse:
        opened.append(connection_id)
        time.sleep(0.05)
        return open_duckdb(path, connection_id=connection_id)

    return open_one


def test_many_threads_open_one_warehouse() -> None:
    opened: list[str] = []
    pool = Pool(opener(opened, shop_database()))
    found: list[Warehouse] = []
    threads = [threading.Thread(target=lambda: found.append(pool.warehouse("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == ["a"]
    assert len({id(warehouse) for warehouse in found}) == 1
    assert pool.dialect_of("a").name == "duckdb"
    assert pool.load_catalog("a").tables
    assert pool.catalog_version("a") == pool.catalog_version("a") != pool.catalog_version("b")
    pool.close()


def test_a_failure_is_tried_again(tmp_path: Path) -> None:
    opened: list[str] = []
    pool = Pool(opener(opened, tmp_path / "absent.duckdb"))
    for _ in range(2):
        with pytest.raises(WarehouseError):
            pool.warehouse("a")
    assert opened == ["a", "a"]


def test_what_is_opened_by_something_else_is_opened_anew() -> None:
    opened: list[str] = []
    revisions = {"a": "one"}
    pool = Pool(opener(opened, shop_database()), lambda id_: revisions[id_])
    first = pool.warehouse("a")
    assert pool.warehouse("a", "one") is first
    revisions["a"] = "two"
    assert pool.warehouse("a") is first  # whoever does not say takes what is there
    second = pool.warehouse("a", "two")
    assert second is not first
    assert pool.warehouse("a", "two") is pool.warehouse("a") is second
    assert opened == ["a", "a"]
    pool.close()


def test_a_renewed_catalog_has_another_version() -> None:
    pool = Pool(opener([], shop_database()))
    before = pool.catalog_version("a"), pool.catalog_version("b")
    pool.renew("a")
    assert pool.catalog_version("a") != before[0]
    assert pool.catalog_version("b") == before[1]
    pool.close()
