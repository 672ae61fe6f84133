"""Cache policies that are asked for exist (modeling digest §4)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.fixes import removing


def check(draft: Draft) -> Iterator[Finding]:
    """Warn about unknown policies; the default policy is used instead."""
    asked = [(topic.position.file, "cache_policy", topic.cache_policy) for topic in draft.topics.values()]
    asked.append(("model", "default_cache_policy", draft.model.default_cache_policy))
    for file, key, policy in asked:
        if policy is not None and policy not in draft.model.cache_policies:
            message = f'No such cache policy "{policy}"; the default is used.'
            yield Finding(
                Code.UNKNOWN_CACHE_POLICY,
                message,
                file,
                (key,),
                severity=Severity.WARNING,
                at_value=True,
                auto_fix=removing(file, (key,), f'Remove "{key}"'),
            )
