"""At most one dimension of a view is its primary key (modeling digest §8)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.findings import Finding
from holoscope.modeling.views import View, marked_keys


def check(view: View) -> Iterator[Finding]:
    """Report every further key; the view then counts as having none, so a fan-out is refused."""
    marked = marked_keys(view.dimensions)
    if view.primary_key or len(marked) < 2:
        return
    for name in marked[1:]:
        yield Finding(
            Code.SEVERAL_PRIMARY_KEYS,
            f'View "{view.name}" has the primary key "{marked[0]}" already; it now counts as having none.',
            view.position.file,
            ("dimensions", name, "primary_key"),
            fix="Use custom_compound_primary_key_sql for a key of several fields.",
        )
