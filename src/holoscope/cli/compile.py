"""`holoscope compile`: a query and a model folder become SQL, with no server and no network."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from holoscope.cli.documents import read_query
from holoscope.cli.exits import Exit
from holoscope.cli.options import option
from holoscope.cli.validate import open_named
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest
from holoscope.modeling.diagnostics import Diagnostic, Severity
from holoscope.modeling.load import load_model
from holoscope.modeling.types import Catalog
from holoscope.modelstore.folder import load_folder
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.sql.dialect import Dialect
from holoscope.warehouses.base import Warehouse
from holoscope.warehouses.duckdb.dialect import DuckDBDialect


def compile_command(
    query: Annotated[str, typer.Argument(help="JSON file with a query or a request body; - reads stdin.")],
    model: Annotated[Path, typer.Argument(help="Folder with the model's YAML files.")],
    database: Annotated[
        Path | None, option("database", "DuckDB file whose column types to use; it is only read.")
    ] = None,
    connect: Annotated[
        str | None,
        option("connect", "Instead of --database: duckdb:///FILE or postgres://..., whose SQL is printed."),
    ] = None,
    attribute: Annotated[
        list[str] | None,
        option("attribute", "A user attribute of the asker, name=value; repeat it for more values."),
    ] = None,
    time_zone: Annotated[str, option("time_zone", "IANA name; relative dates are resolved in it.")] = "UTC",
) -> None:
    """Print the SQL of a query.

    Findings about the model go to stderr. Exit code 1: the model has errors or the query has none.
    """
    body = read_query(query)
    inner = body.get("query")
    spec = parse_query(inner if isinstance(inner, dict) else body)
    catalog, dialect = _known(database, connect)
    loaded, findings = load_model(load_folder(model), catalog)
    for finding in findings:
        print(_located(finding, model), file=sys.stderr)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(Exit.FAILED)
    scope = Scope(parse_attributes(attribute or []), frozenset(Permission))
    compiled = compile_query(spec, loaded, scope, dialect, now=system_clock(), time_zone=time_zone)
    for name in compiled.missing_fields:
        print(f"holoscope: no such field: {name}; it was left out.", file=sys.stderr)
    print(compiled.sql)


def parse_attributes(texts: list[str]) -> dict[str, tuple[str, ...]]:
    """Read `name=value` texts; a name given again has several values.

    Raises:
        BadRequest: a text is not of that form.
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise BadRequest(f"--attribute {text}: expected name=value.")
        found[name] = (*found.get(name, ()), value)
    return found


def _known(database: Path | None, connect: str | None) -> tuple[Catalog, Dialect]:
    """Give the tables and the dialect to compile for; without a database DuckDB's, of unknown types."""
    if database is not None and connect is not None:
        raise BadRequest("Give --database or --connect, not both.")
    if database is not None:
        from holoscope.warehouses.duckdb.driver import open_duckdb

        warehouse: Warehouse = open_duckdb(database, connection_id="compile")
    elif connect is not None:
        warehouse = open_named(connect, "compile")
    else:
        return Catalog(), DuckDBDialect()
    with closing(warehouse):
        return warehouse.load_catalog(), warehouse.dialect


def _located(finding: Diagnostic, folder: Path) -> str:
    return f"{folder}/{finding}" + (f"\n    {finding.fix}" if finding.fix else "")
