"""A format is one we can apply, and reads fields that exist (modeling digest §10).

Findings are warnings: without its format a value is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import ConditionalFormat
from holoscope.modeling.findings import Finding
from holoscope.modeling.format_texts import Format, fields_in, looked_up, texts_of, with_marks
from holoscope.modeling.formats import is_known_format
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.reader.report import Path
from holoscope.modeling.timeframes import split_grain


def check(draft: Draft) -> Iterator[Finding]:
    """Report unknown formats and fields that formats name and nobody has."""
    custom = draft.model.custom_formats
    for name, format in custom.items():
        yield from _findings(draft, format, "", "model", ("custom_formats", name))
    for view in draft.checked.values():
        for section, fields in (("dimensions", view.dimensions), ("measures", view.measures)):
            for item in fields.values():
                own: Format | None = item.conditional_format or item.format
                if own is not None:
                    path = (section, item.name, "format")
                    yield from _findings(draft, own, view.name, view.position.file, path)


def _findings(draft: Draft, format: Format, view: str, file: str, path: Path) -> Iterator[Finding]:
    problems = [_text_problem(text, draft, view) for text in texts_of(format)]
    if isinstance(format, ConditionalFormat) and format.field is not None:
        problems.append(_field_problem(format.field, draft.names, view))
    for problem in problems:
        if problem is not None:
            yield Finding(
                problem.code,
                problem.message,
                file,
                path,
                severity=Severity.WARNING,
                fix=problem.fix,
                at_value=isinstance(format, str),
            )


def _text_problem(text: str, draft: Draft, view: str) -> Problem | None:
    found = looked_up(text, draft.model.custom_formats)
    if isinstance(found, ConditionalFormat):
        return None
    if found is None:
        return Problem(Code.UNKNOWN_FORMAT, f'The custom format "{text}" leads to itself.')
    for name in fields_in(found):
        problem = _field_problem(name, draft.names, view)
        if problem is not None:
            return problem
    if fields_in(found) or is_known_format(with_marks(found)):
        return None
    return Problem(Code.UNKNOWN_FORMAT, f'"{text}" is not a known format; it is not applied.')


def _field_problem(name: str, names: Names, view: str) -> Problem | None:
    base, _ = split_grain(name)
    owner, dot, field = base.partition(".")
    if dot:
        return names.explain_field(owner, field)
    if view:
        return names.explain_field(view, base)
    message = f'A custom format names fields as view.field; "{name}" has no view.'
    return Problem(Code.UNKNOWN_FIELD, message)
