"""What SQL outside of fields (joins, topics) may name; shared by the rules beside it."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.fields import Measure
from holoscope.modeling.findings import Finding, LeftOut
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.reader.report import Path
from holoscope.modeling.references import Reference, find_references
from holoscope.modeling.validate.grains import explain_grain


def check_sql(
    names: Names,
    sql: str | None,
    file: str,
    path: Path,
    *,
    own_view: str,
    measures: bool,
    leaves_out: tuple[LeftOut, ...],
) -> Iterator[Finding]:
    """Report every `${...}` of `sql` that names no field; measures only where they are allowed."""
    for reference in find_references(sql or ""):
        problem = _problem(names, reference, own_view, measures)
        if problem is not None:
            yield Finding(
                problem.code,
                problem.message,
                file,
                path,
                fix=problem.fix,
                leaves_out=leaves_out,
                needle=reference.text,
                offset=reference.start,
            )


def _problem(names: Names, reference: Reference, own_view: str, measures: bool) -> Problem | None:
    if not reference.name:
        return Problem(Code.BAD_REFERENCE, f'"{reference.text}" is not a reference; write ${{view.field}}.')
    view = reference.view or own_view
    target = names.find(view, reference.name)
    if target is None:
        return names.explain_field(view, reference.name)
    if isinstance(target, Measure) and not measures:
        message = f'This SQL is about rows and may not use the measure "{view}.{reference.name}".'
        return Problem(Code.DIMENSION_USES_MEASURE, message)
    return explain_grain(reference.grain, target, names) if reference.grain else None
