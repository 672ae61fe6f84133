"""Runs the measurements and prints them: `python -m bench [PART ...] [--scale X]`.

Parts: compile, load, sql, reuse, service, exports, directory, requests, all of them by default; on request
also postgres and web.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

from bench import compile as compiling
from bench import directory, directory_live, exports, postgres, reuse, service, sql, web
from bench import load as loading
from bench.limit import limit_server
from bench.live import live
from holoscope.cli.shop import generate_shop, shop_folder
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modelstore.folder import load_folder
from holoscope.warehouses.duckdb.catalog import read_catalog


def main() -> None:
    """Measure what was asked for, everything by default."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "parts",
        nargs="*",
        default=["compile", "load", "sql", "reuse", "service", "exports", "directory", "requests"],
    )
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a million order items")
    asked = parser.parse_args()
    if "web" in asked.parts:
        web.run()
        if asked.parts == ["web"]:
            return
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "shop.duckdb"
        generate_shop(path, scale=asked.scale)
        with duckdb.connect(str(path), read_only=True, config={"threads": 2}) as connection:
            print(f"# DuckDB {duckdb.__version__}, shop at scale {asked.scale}")
            model = _shop_model(connection)
            if "compile" in asked.parts:
                compiling.run(model)
            if "load" in asked.parts:
                loading.run()
            if "sql" in asked.parts:
                sql.run(connection, model)
            if "postgres" in asked.parts:
                postgres.run(connection)
            if "reuse" in asked.parts:
                reuse.run()
            if "service" in asked.parts:
                with live(asked.scale) as server, limit_server(path, Path(name)) as limit:
                    service.end_to_end(server, connection, limit)
                    service.cached(server)
                    service.throughput(server)
                    service.extraction(server, connection, limit, int(1_000_000 * asked.scale))
            if "directory" in asked.parts:
                directory.run()
            if "requests" in asked.parts:
                directory_live.run()
            if "exports" in asked.parts:
                exports.run(int(10_000_000 * asked.scale))


def _shop_model(connection: duckdb.DuckDBPyConnection) -> Model:
    model, findings = load_model(
        load_folder(shop_folder() / "model"), read_catalog(lambda sql: connection.execute(sql).fetchall())
    )
    if findings:
        raise RuntimeError("\n".join(map(str, findings)))
    return model


main()
