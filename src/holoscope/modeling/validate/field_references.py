"""Every `${...}`, filter key and `order_by_field` names a field that exists (modeling digest §18.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding, Kind, LeftOut


def check(draft: Draft) -> Iterator[Finding]:
    """Report malformed and unknown references; the field that holds one is left out."""
    for use in draft.uses:
        if use.target is not None:
            continue
        out = (LeftOut(Kind.FIELD, use.source.qualified_name),)
        if use.text.startswith("${") and use.name.upper() == "TABLE" and use.view == use.source.view:
            finding = use.finding(
                Code.TABLE_REFERENCE,
                'Column "__omni_scoped" not found: ${TABLE} has no meaning here. A bare column name is a '
                "column of the view's own table.",
                "Write the column by itself.",
            )
        elif not use.name:
            finding = use.finding(
                Code.BAD_REFERENCE,
                f'"{use.text}" is not a reference; write ${{view.field}} or ${{view.field[month]}}.',
            )
        else:
            problem = draft.names.explain_field(use.view, use.name)
            if problem is None:
                continue
            finding = use.finding(problem.code, problem.message, problem.fix)
        yield replace(finding, leaves_out=out)
