"""Names that PostgreSQL would cut off: it keeps 63 bytes of one, silently.

Result columns may have longer names on the wire. They get a short name here; whoever reads the rows
names columns by their place.
"""

from __future__ import annotations

from sqlglot import exp

from holoscope.sql.dialect import Unsupported

LONGEST = 63


def fit_names(tree: exp.Expr) -> exp.Expr:
    """Give the tree with result columns of legal length; the tree itself is not changed.

    Raises:
        Unsupported: a table, a column or an alias inside has a longer name.
    """
    if not any(map(_is_too_long, tree.find_all(exp.Identifier))):
        return tree
    fresh = tree.copy()
    if isinstance(fresh, exp.Query):
        for position, item in enumerate(fresh.selects, start=1):
            name = item.args.get("alias") if isinstance(item, exp.Alias) else None
            if isinstance(name, exp.Identifier) and _is_too_long(name):
                name.set("this", f"column {position}")
    for name in filter(_is_too_long, fresh.find_all(exp.Identifier)):
        raise Unsupported(f'PostgreSQL has no names longer than {LONGEST} bytes: rename "{name.name}".')
    return fresh


def _is_too_long(name: exp.Identifier) -> bool:
    return len(name.name) > LONGEST // 4 and len(name.name.encode("utf-8", "replace")) > LONGEST
