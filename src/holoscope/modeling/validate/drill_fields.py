"""`drill_fields` name fields that exist (modeling digest §11)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate.topic_fields import explain_selector


def check(draft: Draft) -> Iterator[Finding]:
    """Warn about unknown entries; a drill without them still works."""
    for view in draft.checked.values():
        for section, fields in (("dimensions", view.dimensions), ("measures", view.measures)):
            for field in fields.values():
                if not field.drill_fields:
                    continue
                for number, entry in enumerate(field.drill_fields):
                    bare = "." not in entry and ":" not in entry
                    name = f"{view.name}.{entry}" if bare else entry
                    problem = explain_selector(draft.names, name)
                    if problem is not None:
                        yield Finding(
                            problem.code,
                            problem.message,
                            view.position.file,
                            (section, field.name, "drill_fields", number),
                            severity=Severity.WARNING,
                            fix=problem.fix,
                        )
