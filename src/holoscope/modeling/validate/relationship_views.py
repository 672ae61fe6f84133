"""The views a relationship joins exist (modeling digest §5)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate.places import relationship_out


def check(draft: Draft) -> Iterator[Finding]:
    """Report a view that is unknown, ignored or left out; the relationship goes with it."""
    for item in draft.declared:
        relationship = item.relationship
        for key, view in (
            ("join_from_view", relationship.left_view),
            ("join_to_view", relationship.right_view),
        ):
            problem = draft.names_in(item.topic).explain_view(view)
            if problem is not None:
                yield Finding(
                    problem.code,
                    problem.message,
                    item.file,
                    (*item.path, key),
                    fix=problem.fix,
                    at_value=True,
                    leaves_out=relationship_out(item),
                )
