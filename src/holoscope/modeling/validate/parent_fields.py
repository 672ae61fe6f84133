"""`parent_field` names a dimension of the same view (modeling digest §8)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.findings import Finding
from holoscope.modeling.views import View


def check(view: View) -> Iterator[Finding]:
    """Warn about a parent that is not there: the field is shown, only not below it."""
    for dimension in view.dimensions.values():
        parent = dimension.parent_field
        if parent is None or (parent in view.dimensions and parent != dimension.name):
            continue
        hint = near(parent, (name for name in view.dimensions if name != dimension.name), limit=1)
        yield Finding(
            Code.UNKNOWN_FIELD,
            f'No such field "{view.name}.{parent}" to be the parent of "{dimension.name}".',
            view.position.file,
            ("dimensions", dimension.name, "parent_field"),
            severity=Severity.WARNING,
            fix=f"Did you mean {hint[0]}?" if hint else None,
        )
