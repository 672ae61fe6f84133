"""Views of a topic's own relationships stand in its `joins`, or they are absent (modeling digest §15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Action, AutoFix, Edit, Severity
from holoscope.modeling.findings import Finding
from holoscope.modeling.reader.report import Path, yaml_path
from holoscope.modeling.types import JoinNode
from holoscope.modeling.validate.advised import Advised


def check(advised: Advised) -> Iterator[Finding]:
    """Warn about a view that a topic's own join leads to and its `joins` do not list."""
    names = advised.draft.names
    for item in advised.draft.declared:
        topic = advised.draft.topics.get(item.topic or "")
        if topic is None or topic.joins is None:
            continue
        listed = {names.canonical(topic.base_view): ("joins",), **_places(topic.joins, ("joins",))}
        sides = {
            "join_from_view": names.canonical(item.relationship.left),
            "join_to_view": names.canonical(item.relationship.right),
        }
        for key, view in sides.items():
            if view in listed:
                continue
            (other,) = (name for side, name in sides.items() if side != key)
            yield Finding(
                Code.JOIN_NOT_IN_TOPIC,
                f'The topic "{topic.name}" does not list "{view}" in its joins: the fields are absent.',
                item.file,
                (*item.path, key),
                severity=Severity.WARNING,
                fix=f'Add "{view}: {{}}" to joins.',
                at_value=True,
                auto_fix=_listing(item.file, (*listed[other], view)) if other in listed else None,
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
