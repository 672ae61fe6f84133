"""`holoscope init`: a model and a server for somebody's own data, with one command."""

from __future__ import annotations

import json
import os
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from holoscope.cli import demo_file
from holoscope.cli.certificates import local_certificate, server_context, trust_hint
from holoscope.cli.demo import program
from holoscope.cli.demo_file import INIT, DemoFile, sign_in
from holoscope.cli.files import hold_data_folder, make_data_folder, write_private
from holoscope.cli.house import built
from holoscope.cli.logs import configure_logs
from holoscope.cli.options import DataDir, Port, RateLimit, option
from holoscope.cli.server import Stop, listen, published_url, run_server, url_of
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest
from holoscope.settings import InvalidSettings, load_settings, variable

FIRST_QUERY = "first-query.json"


def init_command(
    connect: Annotated[
        str,
        option(
            "connect",
            "duckdb:///path/to.file, the path of a DuckDB file or of a folder of CSV or Parquet, or "
            "postgres://user@host:5432/database?schema=public&sslmode=require.",
        ),
    ],
    data_dir: DataDir = None,
    name: Annotated[
        str | None, option("name", "Name of connection and model; default: that of the source.")
    ] = None,
    port: Port = None,
    rate_limit: RateLimit = None,
    serve: Annotated[
        bool,
        typer.Option("--serve/--no-serve", envvar=variable("serve"), help="Serve when all is made, or not."),
    ] = True,
) -> None:
    """Make a model of your own data and serve it over HTTPS.

    A DuckDB file is opened read-only where it lies. CSV and Parquet files become tables of a DuckDB file
    in the data folder. A PostgreSQL server is only read; its password comes from PGPASSWORD and is kept
    sealed in the data folder. Run again, it reads the source again; key, admin and shared model stay.
    """
    from holoscope.cli.init_world import prepare_world
    from holoscope.cli.sources import find_source, prepare_source

    given = {"data_dir": data_dir, "port": port, "rate_limit": rate_limit}
    settings = load_settings(given, os.environ, log_level="warning")
    if settings.insecure_http or settings.behind_proxy or settings.tls_cert:
        raise InvalidSettings(
            "holoscope init makes its own certificate; use --no-serve and `holoscope serve` for other ways."
        )
    if name is not None and not name.strip():
        raise BadRequest("--name must not be empty.")
    folder = make_data_folder(settings.data_dir)
    source = find_source(connect, folder)
    configure_logs(settings.log_level)
    with hold_data_folder(folder):
        sockets = listen(settings) if serve else []
        certificate = local_certificate(folder / "tls", host=settings.host, now=system_clock())
        for one in prepare_source(source):
            note = f" ({one.note})" if one.note else ""
            print(f"{one.file}: {one.rows:,} rows{note}", flush=True)
        if source.passed_over:
            print(f"Passed over: {', '.join(source.passed_over)}", flush=True)
        former = demo_file.retire(folder, INIT)
        with built(settings, folder) as house:
            world = prepare_world(house, source.wanted(name or source.name), former)
            made = DemoFile(
                base_url=url_of(settings, sockets) if serve else published_url(settings),
                api_key=world.api_key.reveal(),
                ca_file=str(certificate.chain.with_name("ca.pem")),
                embed_secret=house.embed_secret.reveal(),
                model_id=world.model_id,
                admin_email=world.admin_email,
                admin_password=world.admin_password.reveal(),
            )
            write_private(folder / FIRST_QUERY, json.dumps(world.query, indent=2).encode() + b"\n")
            words = _welcome(made, folder, f"{source.shown}: {_views(world.views)}", world.query, serve)

            def ready(_stop: Stop) -> None:
                demo_file.publish(folder, made, INIT)
                print(words, flush=True)

            if serve:
                run_server(house.asgi, sockets, settings, tls=server_context(certificate), on_ready=ready)
            else:
                ready(lambda: None)


def _views(number: int) -> str:
    return "1 view" if number == 1 else f"{number:,} views"


def _welcome(made: DemoFile, folder: Path, what: str, query: dict[str, object], served: bool) -> str:
    body = {"resultType": "csv", "query": query}
    first = "" if served else f"Serve it:\n\n  {program()} serve --data-dir {quote(str(folder))}\n\n"
    last = "\n\nCtrl-C stops it." if served else ""
    return f"""\
Holoscope has a model of {what}.

  URL      {made.base_url}
  Key      {made.api_key}
  CA file  {made.ca_file}
  Model    {made.model_id}
  Sign in  {sign_in(made, INIT, folder)}

{first}Ask it:

  curl --cacert {quote(made.ca_file)} -H 'Authorization: Bearer {made.api_key}' \
-H 'Content-Type: application/json' {made.base_url}/api/v1/query/run -d {quote(json.dumps(body))}

Ask it with the client you have:

  export OMNI_BASE_URL={made.base_url}
  export OMNI_API_KEY={made.api_key}
  export OMNI_MODEL_ID={made.model_id}
{trust_hint(Path(made.ca_file))}

  {program()} query {quote(str(folder / FIRST_QUERY))}{last}"""
