"""Joins can be told apart: by the names of their two sides (modeling digest §5)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.fixes import removing
from holoscope.modeling.validate.places import relationship_out


def check(draft: Draft) -> Iterator[Finding]:
    """Report a view joined to itself under one name, and a second join between the same two names."""
    seen: set[tuple[str | None, ...]] = set()
    for item in draft.declared:
        left = draft.names.canonical(item.relationship.left)
        right = draft.names.canonical(item.relationship.right)
        if left == right:
            yield Finding(
                Code.SELF_JOIN_WITHOUT_ALIAS,
                f'The view "{left}" is joined to itself under one name.',
                item.file,
                (*item.path, "join_to_view"),
                fix="Give one side a name of its own with join_to_view_as.",
                leaves_out=relationship_out(item),
            )
            continue
        key = (item.topic, left, right, item.relationship.left_view, item.relationship.right_view)
        if key in seen:
            yield Finding(
                Code.DUPLICATE_JOIN,
                f'"{left}" is joined to "{right}" already; the first join is used.',
                item.file,
                (*item.path, "join_to_view"),
                severity=Severity.WARNING,
                fix="Give one of them a name of its own with join_to_view_as.",
                auto_fix=removing(item.file, item.path, "Remove this join"),
            )
        seen.add(key)
