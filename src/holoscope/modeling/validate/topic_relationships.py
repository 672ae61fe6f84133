"""A join of a topic's own leads to a view that stands in its `joins` (modeling digest §15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Action, AutoFix, Edit, Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.joins import JoinNode
from holoscope.modeling.names import Names
from holoscope.modeling.reader.relationships import Declared
from holoscope.modeling.reader.report import Path, yaml_path
from holoscope.modeling.topics import Topic


def check(draft: Draft) -> Iterator[Finding]:
    """Warn about a join that `joins` does not use: its fields would be missing without a word."""
    for item in draft.declared:
        topic = draft.topics.get(item.topic) if item.topic is not None else None
        if topic is not None and topic.joins is not None:
            yield from _unlisted(item, topic, topic.joins, draft.names_in(topic.name))


def _unlisted(item: Declared, topic: Topic, joins: Iterable[JoinNode], names: Names) -> Iterator[Finding]:
    places = {topic.base_view: ("joins",), **_places(joins, ("joins",))}
    listed = {names.canonical(name): path for name, path in places.items()}
    left, right = item.relationship.left, item.relationship.right
    for key, view, other in (("join_from_view", left, right), ("join_to_view", right, left)):
        if names.canonical(view) in listed:
            continue
        parent = listed.get(names.canonical(other))
        yield Finding(
            Code.JOIN_NOT_LISTED,
            f'The topic joins "{view}" without listing it in "joins": its fields are not there.',
            item.file,
            (*item.path, key),
            severity=Severity.WARNING,
            fix=f'Add "{view}: {{}}" to joins.',
            at_value=True,
            auto_fix=_listing(item.file, (*parent, names.canonical(view))) if parent is not None else None,
        )


def _places(nodes: Iterable[JoinNode], path: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for node in nodes:
        found[node.view] = (*path, node.view)
        found.update(_places(node.children, (*path, node.view)))
    return found


def _listing(file: str, path: Path) -> AutoFix:
    edit = Edit(file, path, Action.ADD)
    return AutoFix(f'Add "{path[-1]}" to joins', f"Add {yaml_path(file, path)}", (edit,))
