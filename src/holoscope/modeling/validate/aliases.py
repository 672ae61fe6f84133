"""A join alias is a name of its own, and one view's only (modeling digest §5)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate.places import relationship_out


def check(draft: Draft) -> Iterator[Finding]:
    """Report an alias that is a view's name, or that stands for two views."""
    for item in draft.declared:
        relationship = item.relationship
        for key, alias, view in (
            ("join_from_view_as", relationship.left, relationship.left_view),
            ("join_to_view_as", relationship.right, relationship.right_view),
        ):
            if alias == view:
                continue
            base = draft.names.aliases.get(view, view)
            first = draft.names.aliases.get(alias, base)
            if alias in draft.files:
                code, message = Code.ALIAS_IS_VIEW, f'The alias "{alias}" duplicates a view name.'
            elif first != base:
                code = Code.ALIAS_CLASH
                message = f'The alias "{alias}" stands for the view "{first}" already, not for "{view}".'
            else:
                continue
            yield Finding(
                code, message, item.file, (*item.path, key), at_value=True, leaves_out=relationship_out(item)
            )
