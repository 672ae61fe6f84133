"""`holoscope query`: ask any server of this API and print the answer."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import pyarrow as pa
import typer

from holoscope.cli.documents import read_query, with_model
from holoscope.cli.options import option
from holoscope.cli.table import render_table
from holoscope.client import Client, ClientError, NotConfigured, Result

GROUPING = "$omni_group_grouping"


class Format(StrEnum):
    """How the answer is written: for eyes, for programs, or as the server's own documents."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    ARROW = "arrow"


def query_command(  # noqa: PLR0913, PLR0917  (one argument is one option)
    query: Annotated[str, typer.Argument(help="JSON file with a query or a request body; - reads stdin.")],
    base_url: Annotated[
        str | None, option("base_url", "The server, https://host[:port]. Else OMNI_BASE_URL.")
    ] = None,
    api_key: Annotated[
        str | None,
        option(
            "api_key", "The key. Better given by environment, where `ps` does not show it. Else OMNI_API_KEY."
        ),
    ] = None,
    ca_file: Annotated[
        str | None, option("ca_file", "Trust this authority (PEM) alone. Else SSL_CERT_FILE.")
    ] = None,
    format: Annotated[Format, option("format", "How to write the answer.")] = Format.TABLE,
    model_id: Annotated[
        str | None,
        option("model_id", "Ask this model instead of the one the query names. Else OMNI_MODEL_ID."),
    ] = None,
    user_id: Annotated[
        str | None, option("user_id", "Ask as this member (membership id); organization keys only.")
    ] = None,
    show_sql: Annotated[bool, option("show_sql", "Write the SQL to stderr first.")] = False,
    timeout: Annotated[float, option("timeout", "Seconds to wait for the answer.")] = 300.0,
) -> None:
    """Run a query on a server and print its rows."""
    body = read_query(query)
    if model := model_id or os.environ.get("OMNI_MODEL_ID"):
        body = with_model(body, model)
    with open_client(base_url, api_key, ca_file) as client:
        if format is Format.CSV or format is Format.JSON:
            sys.stdout.buffer.write(
                client.export(body, "csv" if format is Format.CSV else "json", user_id=user_id)
            )
            return
        result = client.run(body, user_id=user_id, timeout=timedelta(seconds=timeout))
    if show_sql:
        print(result.sql, file=sys.stderr)
    for name in result.missing_fields:
        print(f"holoscope: the server does not know the field {name}; it was left out.", file=sys.stderr)
    if format is Format.ARROW:
        _write_arrow(result)
    else:
        print(table_of(result))


def open_client(base_url: str | None, api_key: str | None, ca_file: str | None) -> Client:
    """Open a client from what was given, else from the variables that clients of this API share.

    Raises:
        NotConfigured: the server or the key is named nowhere.
    """
    url = base_url or os.environ.get("OMNI_BASE_URL", "")
    key = api_key or os.environ.get("OMNI_API_KEY", "")
    if not url:
        raise NotConfigured("No server was given. Use --base-url or set OMNI_BASE_URL.")
    if not key:
        raise NotConfigured("No API key was given. Set OMNI_API_KEY or use --api-key.")
    return Client(url, key, ca_file=ca_file or os.environ.get("SSL_CERT_FILE") or None)


def table_of(result: Result, *, most_rows: int = 100) -> str:
    """Draw a result with its total rows, columns under the names they were asked by."""
    shown = result.tidy(keep_totals=True)
    return render_table(shown, most_rows=most_rows, rolled_up=_rolled_up(result, shown.column_names))


def _rolled_up(result: Result, names: list[str]) -> dict[str, frozenset[int]]:
    """Tell by column in which rows its NULL stands for "all": the bits of the grouping column say it.

    The last dimension asked for is the lowest bit (query digest §2.4).
    """
    if GROUPING not in result.table.column_names:
        return {}
    masks = result.table.column(GROUPING).to_pylist()
    dimensions = [name for name in names if name in result.fields and result.fields[name].is_dimension]
    return {
        name: frozenset(row for row, mask in enumerate(masks) if mask and mask >> bit & 1)
        for bit, name in enumerate(reversed(dimensions))
    }


def _write_arrow(result: Result) -> None:
    if sys.stdout.isatty():
        raise ClientError("Arrow is binary; send it to a file or a program: holoscope query … > rows.arrow")
    with pa.ipc.new_stream(sys.stdout.buffer, result.table.schema) as stream:
        stream.write_table(result.table)
