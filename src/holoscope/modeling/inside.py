"""Views as they are inside one topic: its `views:` block is checked like files of its own (digest §15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from holoscope.modeling.draft import Draft, Inside, uses_of
from holoscope.modeling.dynamic import on_virtual_schema
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.reader.topics import TopicFile
from holoscope.modeling.reader.views import without_fields
from holoscope.modeling.validate import cycles, drill_fields, grants, passive_names
from holoscope.modeling.validate.broken_fields import spread
from holoscope.modeling.validate.field import FIELD_RULES
from holoscope.modeling.validate.sources import SOURCE_RULES
from holoscope.modeling.views import View

_MORE_RULES = (grants.check, drill_fields.check, passive_names.check)


def settle_insides(draft: Draft) -> list[Finding]:
    """Check the views of every topic, take out what is bad, and put the rest into `draft.insides`.

    A field that is bad is left out in this topic; a view that is bad takes the topic with it.
    """
    findings: list[Finding] = []
    for file in draft.topic_files.values():
        if file.name in draft.topics:
            inside = draft.insides[file.name] = _inside(draft, file)
            found = list(_check(draft, inside, file.name))
            findings.extend(found)
            _take_out(
                inside, {out.name for item in found for out in item.leaves_out if out.kind is Kind.FIELD}
            )
            if any(out.kind is Kind.TOPIC for item in found for out in item.leaves_out):
                del draft.topics[file.name]
    return findings


def _inside(draft: Draft, file: TopicFile) -> Inside:
    known = draft.names
    views = {item.name: _as_copy(item.view, draft) for item in file.views if item.view is not None}
    lost = {name for name in known.lost_fields if name.partition(".")[0] not in views}
    lost |= {f"{item.name}.{field}" for item in file.views for field in item.left_out}
    names = known.over({**known.views, **views}, lost_fields=lost)
    return Inside(views, {item.name: item for item in file.views}, names)


def _as_copy(view: View, draft: Draft) -> View:
    """A name that a join makes stands for a copy of the view behind it, here too."""
    view = on_virtual_schema(view, draft.model.dynamic_schemas)
    original = draft.names.aliases.get(view.name)
    return view if original is None or view.name in draft.files else replace(view, alias_of=original)


def _check(draft: Draft, inside: Inside, topic: str) -> Iterator[Finding]:
    files = {**draft.files, **inside.files}
    whole = Draft(draft.model, files, inside.views, {}, [], inside.names)
    findings: list[Finding] = []
    for name, view in inside.views.items():
        part = Draft(draft.model, files, {name: view}, draft.topics, [], inside.names)
        part.uses = list(uses_of(part))
        found = [item for rule in (*SOURCE_RULES, *FIELD_RULES) for item in rule(part)]
        part.topics = {}
        found.extend(item for rule in _MORE_RULES for item in rule(part))
        findings.extend(_placed(found, view, topic))
        whole.uses.extend(replace(use, path=("views", name, *use.path)) for use in part.uses)
    inside.uses = whole.uses
    findings.extend(cycles.check(whole))
    lost = {out.name for item in findings for out in item.leaves_out if out.kind is Kind.FIELD}
    yield from findings
    yield from spread(whole, lost)


def _placed(findings: Iterable[Finding], view: View, topic: str) -> Iterator[Finding]:
    """Let findings about a view point into the topic, which goes when the view would."""
    for item in findings:
        out = tuple(LeftOut(Kind.TOPIC, topic) if o.kind is Kind.VIEW else o for o in item.leaves_out)
        inside = item.file == view.position.file
        yield replace(item, path=("views", view.name, *item.path) if inside else item.path, leaves_out=out)


def _take_out(inside: Inside, lost: set[str]) -> None:
    for name, view in inside.views.items():
        fields = {field.partition(".")[2] for field in lost if field.partition(".")[0] == name}
        if fields:
            inside.views[name] = without_fields(view, fields)
    inside.names.views = {**inside.names.views, **inside.views}
    inside.names.lost_fields |= lost
