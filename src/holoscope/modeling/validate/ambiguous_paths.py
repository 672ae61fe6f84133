"""A topic that takes every joinable view takes each over one way only (modeling digest §18.3, §19.1)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.findings import Finding
from holoscope.modeling.reach import joins_of, ways
from holoscope.modeling.validate.advised import Advised


def check(advised: Advised) -> Iterator[Finding]:
    """Warn about a view that two ways of the same length lead to; the first declared is taken."""
    model = advised.model
    for topic in model.topics.values():
        if topic.joins is not None or topic.template:
            continue
        for view, steps in ways(topic.base_view, joins_of(topic, model)).items():
            parents = list(dict.fromkeys(step.parent for step in steps))
            if len(parents) > 1:
                yield Finding(
                    Code.AMBIGUOUS_JOIN_PATH,
                    f'Several join paths lead from "{topic.base_view}" to "{view}": through '
                    f"{' and through '.join(parents)}. The one through {parents[0]} is used.",
                    topic.position.file,
                    ("base_view",),
                    severity=Severity.WARNING,
                    fix='List the one you mean in "joins".',
                )
