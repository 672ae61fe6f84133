"""A join of a topic's own leads to a view that stands in its `joins` (modeling digest §15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.types import JoinNode


def check(draft: Draft) -> Iterator[Finding]:
    """Warn about a join that `joins` does not use: its fields would be missing without a word."""
    for item in draft.declared:
        topic = draft.topics.get(item.topic) if item.topic is not None else None
        if topic is None or topic.joins is None:
            continue
        names = draft.names_in(topic.name)
        listed = {names.canonical(name) for name in (topic.base_view, *_views(topic.joins))}
        for key, view in (
            ("join_from_view", item.relationship.left),
            ("join_to_view", item.relationship.right),
        ):
            if names.canonical(view) not in listed:
                yield Finding(
                    Code.JOIN_NOT_LISTED,
                    f'The topic joins "{view}" without listing it in "joins": its fields are not there.',
                    item.file,
                    (*item.path, key),
                    severity=Severity.WARNING,
                    fix=f'Add "{view}" to "joins".',
                    at_value=True,
                )


def _views(nodes: Iterable[JoinNode]) -> Iterator[str]:
    for node in nodes:
        yield node.view
        yield from _views(node.children)
