"""`${...}` in the SELECT of a view names a view, or a dimension of one (modeling digest §7)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Measure
from holoscope.modeling.findings import Finding
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.references import Reference, find_references
from holoscope.modeling.validate.places import view_out


def check(draft: Draft) -> Iterator[Finding]:
    """Report what the SQL of views may not name; such a view is left out."""
    for view in draft.checked.values():
        if view.ignored or view.sql is None:
            continue
        for reference in find_references(view.sql):
            problem = _problem(draft.names, reference)
            if problem is not None:
                yield Finding(
                    problem.code,
                    problem.message,
                    view.position.file,
                    ("sql",),
                    fix=problem.fix,
                    leaves_out=view_out(view),
                    needle=reference.text,
                    offset=reference.start,
                )


def _problem(names: Names, reference: Reference) -> Problem | None:
    if not reference.name:
        return Problem(Code.BAD_REFERENCE, f'"{reference.text}" is not a reference; write ${{view}}.')
    if reference.grain is not None:
        message = f'"{reference.text}" has a timeframe, which the SQL of a view cannot.'
        return Problem(Code.BAD_REFERENCE, message, "Write the truncation as SQL.")
    if reference.view is None:
        return names.explain_view(reference.name)
    target = names.find(reference.view, reference.name)
    if target is None:
        return names.explain_field(reference.view, reference.name)
    if isinstance(target, Measure):
        message = f'The SQL of a view may not use the measure "{reference.view}.{reference.name}".'
        return Problem(Code.DIMENSION_USES_MEASURE, message)
    return None
