"""A field that needs a field that is left out is left out too (ours: never a wrong number)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft, Use
from holoscope.modeling.findings import Finding, Kind, LeftOut


def spread(draft: Draft, left_out: set[str]) -> Iterator[Finding]:
    """Yield a finding for each field that depends, however far, on those in `left_out`."""
    if not left_out:
        return
    dependants: dict[str, list[Use]] = {}
    for use in draft.uses:
        if use.target is not None:
            dependants.setdefault(use.target.qualified_name, []).append(use)
    known, queue = set(left_out), deque(sorted(left_out))
    while queue:
        name = queue.popleft()
        for use in dependants.get(name, ()):
            source = use.source.qualified_name
            if source in known:
                continue
            known.add(source)
            queue.append(source)
            message = f'The field "{name}" is left out of the model because of its own errors.'
            finding = use.finding(Code.BROKEN_REFERENCE, message)
            yield replace(finding, leaves_out=(LeftOut(Kind.FIELD, source),))
