"""`holoscope demo`: a sample shop, served over HTTPS, ready to be asked."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from shlex import quote
from typing import Annotated

from holoscope.cli import demo_file
from holoscope.cli.certificates import local_certificate, server_context, trust_hint
from holoscope.cli.demo_file import DemoFile, sign_in
from holoscope.cli.documents import read_query, with_model
from holoscope.cli.files import hold_data_folder, make_data_folder
from holoscope.cli.house import built
from holoscope.cli.logs import configure_logs
from holoscope.cli.options import DataDir, Port, RateLimit, option
from holoscope.cli.query import table_of
from holoscope.cli.server import Stop, listen, run_server, url_of
from holoscope.client import Client
from holoscope.kit.clock import system_clock
from holoscope.settings import InvalidSettings, load_settings

ONCE_ROWS = 25


def demo_command(
    data_dir: DataDir = None,
    port: Port = None,
    scale: Annotated[
        float | None,
        option("scale", "Size of the shop; 1 is a million order items. Without it: 0.2, or as it is."),
    ] = None,
    rate_limit: RateLimit = None,
    once: Annotated[bool, option("once", "Ask the sample query, print SQL and rows, and stop.")] = False,
) -> None:
    """Make a sample shop, serve it over HTTPS, and say how to ask it.

    The folder is reused: data, key, model and admin stay the same from one start to the next.
    """
    from holoscope.cli.demo_world import ensure_shop, prepare_world

    given = {"data_dir": data_dir, "port": port, "rate_limit": rate_limit}
    # A run that answers itself needs no particular port, so it never meets a demo that is being served.
    settings = load_settings(given, os.environ, log_level="warning", **({"port": 0} if once else {}))
    if settings.insecure_http or settings.behind_proxy or settings.tls_cert:
        raise InvalidSettings(
            "holoscope demo makes its own certificate; use `holoscope serve` for other ways."
        )
    folder = make_data_folder(settings.data_dir)
    configure_logs(settings.log_level)
    failures: list[Exception] = []
    with hold_data_folder(folder):
        sockets = listen(settings)
        certificate = local_certificate(folder / "tls", host=settings.host, now=system_clock())
        former = demo_file.retire(folder)
        ensure_shop(folder, scale)
        with built(settings, folder) as house:
            world = prepare_world(house, folder / "shop.duckdb", former)
            demo = DemoFile(
                base_url=url_of(settings, sockets),
                api_key=world.api_key.reveal(),
                ca_file=str(certificate.chain.with_name("ca.pem")),
                embed_secret=house.embed_secret.reveal(),
                model_id=world.model_id,
                admin_email=world.admin_email,
                admin_password=world.admin_password.reveal(),
            )

            def ready(stop: Stop) -> None:
                demo_file.publish(folder, demo)
                if once:
                    threading.Thread(target=_ask_once, args=(demo, stop, failures), daemon=True).start()
                else:
                    print(_welcome(demo, folder), flush=True)

            run_server(house.asgi, sockets, settings, tls=server_context(certificate), on_ready=ready)
    if failures:
        raise failures[0]


def _ask_once(demo: DemoFile, stop: Stop, failures: list[Exception]) -> None:
    try:
        query = with_model(read_query(str(_sample())), demo.model_id)
        with Client(demo.base_url, demo.api_key, ca_file=demo.ca_file) as client:
            result = client.run(query)
        print(f"{result.sql}\n\n{table_of(result, most_rows=ONCE_ROWS)}", flush=True)
    except Exception as error:  # noqa: BLE001  (raised again by the main thread once the server has stopped)
        failures.append(error)
    finally:
        stop()


def _welcome(demo: DemoFile, folder: Path) -> str:
    body = {
        "resultType": "csv",
        "query": {
            "modelId": demo.model_id,
            "table": "order_items",
            "join_paths_from_topic_name": "order_items",
            "fields": ["products.category", "order_items.count", "order_items.sale_price_sum"],
            "sorts": [{"column_name": "order_items.sale_price_sum", "sort_descending": True}],
            "limit": 5,
        },
    }
    return f"""\
Holoscope serves the sample shop.

  URL      {demo.base_url}
  Key      {demo.api_key}
  CA file  {demo.ca_file}
  Model    {demo.model_id}
  Sign in  {sign_in(demo, demo_file.DEMO, folder)}

Ask it:

  curl --cacert {quote(demo.ca_file)} -H 'Authorization: Bearer {demo.api_key}' \
-H 'Content-Type: application/json' {demo.base_url}/api/v1/query/run -d {quote(json.dumps(body))}

Ask it with the client you have:

  export OMNI_BASE_URL={demo.base_url}
  export OMNI_API_KEY={demo.api_key}
  export OMNI_MODEL_ID={demo.model_id}
{trust_hint(Path(demo.ca_file))}

  {program()} query {quote(str(_sample()))}

Ctrl-C stops it."""


def _sample() -> Path:
    from holoscope.cli.shop import shop_folder

    return shop_folder() / "queries" / "sample.json"


def program() -> str:
    """Name this program the way it was called, so that the printed line works where it was read."""
    name = Path(sys.argv[0])
    return quote(sys.argv[0]) if name.name.startswith("holoscope") else "holoscope"
