"""A measure that moves the query's time filter must also cancel it (modeling digest §13.5)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.findings import Finding
from holoscope.modeling.views import View


def check(view: View) -> Iterator[Finding]:
    """Warn of an offset whose result is only what two periods have in common."""
    for name, measure in view.measures.items():
        for field in measure.offsets:
            if field in measure.cancels:
                continue
            message = (
                f'Measure "{name}" moves the query\'s filter on "{field}" without cancelling it: '
                "only rows in both periods count, usually none."
            )
            path = ("measures", name, "filters")
            fix = "Add cancel_query_filter: true beside it."
            yield Finding(
                Code.OFFSET_WITHOUT_CANCEL, message, view.position.file, path, Severity.WARNING, fix
            )
