"""The selectors of a topic's `fields` name something (modeling digest §15.1)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.timeframes import split_grain


def check(draft: Draft) -> Iterator[Finding]:
    """Report selectors of unknown views and fields; a selector without effect stays where it is."""
    for topic in draft.topics.values():
        for number, selector in enumerate(topic.fields or ()):
            problem = explain_selector(draft.names_in(topic.name), selector)
            if problem is not None:
                yield Finding(
                    problem.code, problem.message, topic.position.file, ("fields", number), fix=problem.fix
                )


def explain_selector(names: Names, selector: str) -> Problem | None:
    """Say why a selector such as `-users.*` selects nothing; None when it can."""
    text = selector.strip().removeprefix("-").strip()
    if text == "all_views.*" or text.startswith("tag:"):
        return None
    view, _, field = split_grain(text)[0].partition(".")
    if field == "*":
        return names.explain_view(view)
    return names.explain_field(view, field)
