"""`holoscope validate`: everything found about a model in a folder, for people, programs and code review."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from holoscope.cli.exits import Exit
from holoscope.cli.options import option
from holoscope.cli.reports import as_json, as_sarif, as_text
from holoscope.kit.errors import BadRequest
from holoscope.modeling.check import check_model
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.types import Catalog
from holoscope.modelstore.folder import load_folder, paths_of
from holoscope.settings import variable
from holoscope.warehouses.base import Warehouse

_DUCKDB = "duckdb:///"


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def validate_command(
    model: Annotated[Path, typer.Argument(help="Folder with the model's YAML files.")],
    report: Annotated[
        Format, typer.Option("--format", help="How findings are written.", envvar=variable("report"))
    ] = Format.TEXT,
    connect: Annotated[
        str | None,
        option(
            "connect",
            "Database whose tables and types to use, duckdb:///FILE or postgres://...; it is only read.",
        ),
    ] = None,
    known_attribute: Annotated[
        list[str] | None,
        option("known_attribute", "A user attribute there is; repeat it. Without, they are not checked."),
    ] = None,
    strict: Annotated[bool, option("strict", "Exit code 1 for warnings too.")] = False,
) -> None:
    """Print all findings about a model. Exit code 1: there is an error."""
    files = load_folder(model)
    paths = {key: str(path) for key, path in paths_of(model).items()}
    found = check_model(files, _catalog(connect), known_attribute or None)
    if report is Format.JSON:
        sys.stdout.write(as_json(found, paths))
    elif report is Format.SARIF:
        sys.stdout.write(as_sarif(found, paths))
    else:
        sys.stdout.write(as_text(found, paths))
    if any(strict or item.severity is Severity.ERROR for item in found):
        raise typer.Exit(Exit.FAILED)


def _catalog(connect: str | None) -> Catalog:
    if connect is None:
        return Catalog()
    with closing(open_named(connect, "validate")) as warehouse:
        return warehouse.load_catalog()


def open_named(connect: str, connection_id: str) -> Warehouse:
    """Open what `--connect` names: `duckdb:///FILE` or `postgres://...`.

    Raises:
        BadRequest: it is neither.
        WarehouseError: it cannot be opened.
    """
    from holoscope.cli.servers import names_postgres, read_url
    from holoscope.warehouses.duckdb.driver import open_duckdb
    from holoscope.warehouses.postgres.driver import open_postgres

    if names_postgres(connect):
        return open_postgres(read_url(connect, os.environ), connection_id=connection_id)
    if not connect.startswith(_DUCKDB) or connect == _DUCKDB:
        said = connect.partition("@")[0]  # what comes before may be a password
        shown = f" {connect}" if said == connect else ""
        raise BadRequest(f"--connect{shown}: expected duckdb:///FILE or postgres://user@host/database.")
    return open_duckdb(Path(connect.removeprefix(_DUCKDB)), connection_id=connection_id)
