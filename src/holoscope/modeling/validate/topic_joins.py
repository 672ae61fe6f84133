"""The views in a topic's `joins` exist and can be reached (modeling digest §15, §19.1).

A view that fails goes with everything joined through it; the rest of the topic stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.joins import JoinNode
from holoscope.modeling.names import Names
from holoscope.modeling.reader.relationships import Declared
from holoscope.modeling.reader.report import Path
from holoscope.modeling.topics import Topic

Pairs = frozenset[tuple[str, str]]


def check(draft: Draft) -> Iterator[Finding]:
    """Report unknown views (errors) and views without a join to their parent (warnings)."""
    everywhere = join_pairs(draft.names, draft.declared, None)
    for topic in draft.topics.values():
        names = draft.names_in(topic.name)
        if topic.joins is None or names.original(topic.base_view) is None:
            continue
        pairs = everywhere | join_pairs(draft.names, draft.declared, topic.name)
        base = names.canonical(topic.base_view)
        yield from _nodes(topic, topic.joins, base, ("joins",), names, pairs)


def join_pairs(names: Names, declared: Iterable[Declared], topic: str | None) -> Pairs:
    """Return both directions of every declared join of a topic, or of the whole model."""
    pairs = set()
    for item in declared:
        if item.topic == topic:
            left = names.canonical(item.relationship.left)
            right = names.canonical(item.relationship.right)
            pairs |= {(left, right), (right, left)}
    return frozenset(pairs)


def prune_joins(nodes: Iterable[JoinNode], parent: str, names: Names, pairs: Pairs) -> tuple[JoinNode, ...]:
    """Return the join tree without what cannot be joined, old view names replaced."""
    kept = []
    for node in nodes:
        view = names.canonical(node.view)
        if names.explain_view(view) is None and (parent, view) in pairs:
            kept.append(JoinNode(view, prune_joins(node.children, view, names, pairs)))
    return tuple(kept)


def _nodes(
    topic: Topic, nodes: Iterable[JoinNode], parent: str, path: Path, names: Names, pairs: Pairs
) -> Iterator[Finding]:
    for node in nodes:
        here = (*path, node.view)
        view = names.canonical(node.view)
        problem = names.explain_view(node.view)
        if problem is not None:
            yield Finding(problem.code, problem.message, topic.position.file, here, fix=problem.fix)
            continue
        if (parent, view) not in pairs:
            yield Finding(
                Code.NO_JOIN_PATH,
                f'No join path from "{parent}" to "{view}"; the topic goes without it.',
                topic.position.file,
                here,
                severity=Severity.WARNING,
            )
            continue
        yield from _nodes(topic, node.children, view, here, names, pairs)
