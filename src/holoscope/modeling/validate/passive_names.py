"""Settings that change no answer name what exists: suggestions, drills, what generated answers see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.reader.report import Path
from holoscope.modeling.references import qualified
from holoscope.modeling.validate.topic_fields import explain_selector


def check(draft: Draft) -> Iterator[Finding]:
    """Warn about names that mean nothing; everything works without them."""
    yield from _chat_topics(draft)
    for topic in draft.topics.values():
        names = draft.names_in(topic.name)
        yield from _selectors(topic.ai_fields or (), names, topic.position.file, ("ai_fields",))
        yield from _samples(topic.sample_queries, names, topic.position.file)
    for view in draft.checked.values():
        file = view.position.file
        yield from _selectors(
            (_qualified(entry, view.name) for entry in view.default_drill_fields or ()),
            draft.names,
            file,
            ("default_drill_fields",),
        )
        for section, fields in (("dimensions", view.dimensions), ("measures", view.measures)):
            for item in fields.values():
                if item.extra:
                    yield from _suggestions(draft, view.name, file, (section, item.name), item.extra)
        for name, field in view.filters.items():
            if field.extra:
                yield from _suggestions(draft, view.name, file, ("filters", name), field.extra)


def _chat_topics(draft: Draft) -> Iterator[Finding]:
    for number, word in enumerate(draft.model.extra.get("ai_chat_topics", ())):
        name = str(word).strip().removeprefix("-")
        if name != "all_topics" and not name.startswith("tag:") and name not in draft.topics:
            found = draft.names.hint(name, draft.topics)
            problem = Problem(
                Code.UNKNOWN_TOPIC, f'No such topic "{name}".', f"Did you mean {found}?" if found else None
            )
            yield _warning(problem, "model", ("ai_chat_topics", number))


def _samples(samples: Mapping[str, Any], names: Names, file: str) -> Iterator[Finding]:
    """Warn about fields of sample queries that do not exist."""
    for label, sample in samples.items():
        query = sample.get("query") or {}
        for number, field in enumerate(query.get("fields") or ()):
            view, dot, name = str(field).partition("[")[0].partition(".")
            problem = names.explain_any(view, name) if dot else None
            if problem is not None:
                at = number if isinstance(query["fields"], Sequence) else str(field)
                yield _warning(problem, file, ("sample_queries", label, "query", "fields", at))


def _selectors(selectors: Iterable[str], names: Names, file: str, path: Path) -> Iterator[Finding]:
    for number, selector in enumerate(selectors):
        view, _, rest = selector.strip().removeprefix("-").partition(":")
        problem = names.explain_view(view) if rest.startswith("tag:") else explain_selector(names, selector)
        if problem is not None:
            yield _warning(problem, file, (*path, number))


def _suggestions(
    draft: Draft, view: str, file: str, path: Path, said: Mapping[str, Any]
) -> Iterator[Finding]:
    field, topic = said.get("suggest_from_field"), said.get("suggest_from_topic")
    if field is not None:
        owner, _, name = _qualified(str(field), view).partition(".")
        problem = draft.names.explain_any(owner, name)
        if problem is not None:
            yield _warning(problem, file, (*path, "suggest_from_field"))
    if topic is not None and topic not in draft.topics:
        found = draft.names.hint(str(topic), draft.topics)
        fix = f"Did you mean {found}?" if found else None
        problem = Problem(Code.UNKNOWN_TOPIC, f'No such topic "{topic}".', fix)
        yield _warning(problem, file, (*path, "suggest_from_topic"))


def _qualified(entry: str, view: str) -> str:
    return entry if ":" in entry else qualified(entry, view)


def _warning(problem: Problem, file: str, path: Path) -> Finding:
    return Finding(
        problem.code, problem.message, file, path, severity=Severity.WARNING, fix=problem.fix, at_value=True
    )
