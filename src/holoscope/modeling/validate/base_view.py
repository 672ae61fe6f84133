"""A topic stands on a view that exists (modeling digest §19.1)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.fixes import deleting
from holoscope.modeling.validate.places import topic_out


def check(draft: Draft) -> Iterator[Finding]:
    """Report a base view that is missing, ignored or left out."""
    for topic in draft.topics.values():
        problem = draft.names_in(topic.name).explain_view(topic.base_view)
        if problem is None:
            continue
        code, message, fix, auto_fix = problem.code, problem.message, problem.fix, None
        if code is Code.UNKNOWN_VIEW:
            code = Code.MISSING_BASE_VIEW
            message = f'No view "{topic.base_view}". Set base_view to a valid, existing view.'
            auto_fix = deleting(topic.position.file, f'Delete topic "{topic.name}"')
            fix = fix or auto_fix.short
        yield Finding(
            code,
            message,
            topic.position.file,
            ("base_view",),
            fix=fix,
            at_value=True,
            leaves_out=topic_out(topic),
            auto_fix=auto_fix,
        )
