"""A view over a table says in which schema the table is (modeling digest §6, §19.1)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Action, AutoFix, Edit, Severity
from holoscope.modeling.findings import Finding
from holoscope.modeling.reader.report import yaml_path
from holoscope.modeling.types import Catalog
from holoscope.modeling.validate.advised import Advised
from holoscope.modeling.views import View


def check(advised: Advised) -> Iterator[Finding]:
    """Warn about a missing schema, unless the catalog has the table in the default schema."""
    catalog = advised.model.catalog
    for view in advised.model.views.values():
        if not _stands_on_a_table(view) or view.schema is not None:
            continue
        table = (view.table_name or view.name).lower()
        if f"{catalog.default_schema.lower()}.{table}" in catalog.tables:
            continue
        file = view.position.file
        yield Finding(
            Code.SCHEMA_MISSING,
            f'View "{view.name}" has no schema.',
            file,
            (),
            severity=Severity.WARNING,
            fix="Say in which schema its table is.",
            auto_fix=_fix(catalog, table, file),
        )


def _stands_on_a_table(view: View) -> bool:
    elsewhere = view.sql is not None or view.query is not None or view.uploaded_table_name is not None
    return not (elsewhere or view.template or view.ignored or view.alias_of)


def _fix(catalog: Catalog, table: str, file: str) -> AutoFix | None:
    """Name the schema when only one has a table of that name."""
    found = [name.rpartition(".")[0] for name in catalog.tables if name.rpartition(".")[2] == table]
    if len(found) != 1:
        return None
    short = f'Use schema "{found[0]}"'
    edit = Edit(file, ("schema",), Action.SET, found[0])
    return AutoFix(short, f'Set {yaml_path(file, ("schema",))} to "{found[0]}"', (edit,))
