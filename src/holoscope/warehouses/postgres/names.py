"""Names that PostgreSQL would cut off: it keeps 63 bytes of one, silently.

Result columns may have longer names on the wire. They get a short name in the statement, and the last line
of the text, a comment, says what all columns are called; the driver names them by it.
"""

from __future__ import annotations

import json

from sqlglot import exp

from holoscope.sql.dialect import Unsupported

LONGEST = 63
_MARK = "-- columns: "


def render_named(tree: exp.Expr) -> str:
    """Write SQL text in which no name is longer than the server keeps.

    Raises:
        Unsupported: a table, a column or an alias inside has a longer name.
    """
    if not any(map(_is_too_long, tree.find_all(exp.Identifier))):
        return _text(tree)
    fresh = tree.copy()
    names: list[str] = []
    if isinstance(fresh, exp.Query):
        names = [item.alias_or_name for item in fresh.selects]
        for position, item in enumerate(fresh.selects, start=1):
            name = item.args.get("alias") if isinstance(item, exp.Alias) else None
            if isinstance(name, exp.Identifier) and _is_too_long(name):
                name.set("this", f"column {position}")
    for name in filter(_is_too_long, fresh.find_all(exp.Identifier)):
        raise Unsupported(f'PostgreSQL has no names longer than {LONGEST} bytes: rename "{name.name}".')
    return f"{_text(fresh)}\n{_MARK}{json.dumps(names)}"


def names_said(sql: str) -> list[str] | None:
    """Read what `render_named` says the columns are called, None where their own names hold."""
    last = sql.rpartition("\n")[2]
    if not last.startswith(_MARK):
        return None
    try:
        names = json.loads(last.removeprefix(_MARK))
    except ValueError:
        return None
    return [str(name) for name in names] if isinstance(names, list) else None


def _text(tree: exp.Expr) -> str:
    return tree.sql(dialect="postgres", pretty=True, comments=False)


def _is_too_long(name: exp.Identifier) -> bool:
    return len(name.name) > LONGEST // 4 and len(name.name.encode("utf-8", "replace")) > LONGEST
