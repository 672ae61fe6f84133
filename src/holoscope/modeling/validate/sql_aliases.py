"""`${view.field}` in the SQL of a view reads a table under the view's name (modeling digest §7, §19.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.findings import Finding
from holoscope.modeling.references import find_references
from holoscope.modeling.validate.advised import Advised


def check(advised: Advised) -> Iterator[Finding]:
    """Warn where the FROM gives the view another name, or none: the columns would not be found."""
    for view in advised.model.views.values():
        if view.sql is None or view.ignored or view.alias_of:
            continue
        told: set[str] = set()
        references = find_references(view.sql)
        bare = re.sub(r"\$\{[^}]*\.[^}]*\}", "", view.sql)
        for reference in references:
            name = reference.view
            if name is None or name in told or _is_named(bare, name):
                continue
            told.add(name)
            yield Finding(
                Code.WRONG_SQL_ALIAS,
                f'"{reference.text}" reads a table under the name "{name}", which nothing here has.',
                view.position.file,
                ("sql",),
                severity=Severity.WARNING,
                fix=f"Write FROM ${{{name}}} AS {name}.",
                needle=reference.text,
                offset=reference.start,
            )


def _is_named(sql: str, name: str) -> bool:
    """Tell whether a table, a common table or an alias has the name; `${name}` without alias does."""
    word = re.escape(name)
    other = r"\s+(?:AS\s+)?(?!(?:ON|WHERE|JOIN|LEFT|RIGHT|INNER|FULL|CROSS|GROUP|ORDER|LIMIT|USING)\b)[\w\"]"
    if re.search(rf"\$\{{\s*{word}\s*\}}(?!{other})", sql, re.IGNORECASE):
        return True
    return re.search(rf"(?<!\w){word}(?![\w.])", _without_tables(sql), re.IGNORECASE) is not None


def _without_tables(sql: str) -> str:
    return re.sub(r"\$\{[^}]*\}", "", sql)
