"""Virtual schemas: views once more, over the tables of a schema that depends on who asks (digest §4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from holoscope.modeling.copies import copy_view
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.model import DynamicSchema
from holoscope.modeling.reader.views import ViewFile
from holoscope.modeling.references import find_references
from holoscope.modeling.views import View

F = TypeVar("F", Dimension, Measure)


def add_virtual_views(files: dict[str, ViewFile], schemas: Mapping[str, DynamicSchema]) -> None:
    """Put in a copy of every table of each rule's schema, called `<rule>__<table>`.

    A view that the files write themselves stays as it is; when it says the rule's name as its schema,
    its table depends on the asker too.
    """
    for rule in schemas.values():
        for name, file in list(files.items()):
            view = file.view
            if view is None or view.schema is None or view.dynamic_schema is not None:
                continue
            if view.schema == rule.name:
                files[name] = replace(file, view=on_virtual_schema(view, schemas))
            elif view.schema.casefold() == rule.from_schema.casefold() and _is_a_table(view, file):
                copied = f"{rule.name}__{(view.table_name or name).lower()}"
                if copied not in files and copied.isidentifier():
                    files[copied] = _virtual(file, view, copied, rule)


def on_virtual_schema(view: View, schemas: Mapping[str, DynamicSchema]) -> View:
    """Let the table of a view depend on the asker when the view's schema is a rule's name."""
    rule = schemas.get(view.schema or "")
    return view if rule is None else replace(view, schema=rule.from_schema, dynamic_schema=rule.name)


def _is_a_table(view: View, file: ViewFile) -> bool:
    return not (view.ignored or file.template or view.sql or view.query or view.rollup)


def _virtual(file: ViewFile, view: View, name: str, rule: DynamicSchema) -> ViewFile:
    """Copy a view; where its SQL names the view itself, the copy means itself."""
    own = re.compile(r"(\$\{\s*|\{\{\s*[#^/]?\s*(?:filters\.)?)" + re.escape(view.name) + r"(?=\.)")

    def renamed(sql: str | None) -> str | None:
        return None if sql is None else own.sub(lambda found: found[1] + name, sql)

    copy = copy_view(view, name, view.label)
    copy = replace(
        copy,
        alias_of=None,
        table_name=view.table_name or view.name,
        dynamic_schema=rule.name,
        schema_label=view.schema_label or rule.name,
        dimensions=MappingProxyType({n: _with_sql(item, renamed) for n, item in copy.dimensions.items()}),
        measures=MappingProxyType({n: _with_sql(item, renamed) for n, item in copy.measures.items()}),
    )
    references = {
        item.name: found for item in copy.fields if item.sql and (found := find_references(item.sql))
    }
    return replace(file, name=name, view=copy, references=MappingProxyType(references))


def _with_sql(item: F, renamed: Callable[[str | None], str | None]) -> F:
    detail = item.level_of_detail
    if detail is not None:
        detail = replace(detail, custom_primary_key_sql=renamed(detail.custom_primary_key_sql))
    changed = replace(item, sql=renamed(item.sql), level_of_detail=detail)
    if isinstance(changed, Measure):
        return replace(changed, custom_primary_key_sql=renamed(changed.custom_primary_key_sql))
    duration = changed.duration
    if duration is None:
        return changed
    start, end = renamed(duration.sql_start) or "", renamed(duration.sql_end) or ""
    return replace(changed, duration=replace(duration, sql_start=start, sql_end=end))
