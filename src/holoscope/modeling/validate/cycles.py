"""Fields do not refer to each other in circles; one finding per circle (modeling digest §18.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft, Use
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.references import find_cycles


def check(draft: Draft) -> Iterator[Finding]:
    """Report each circle at its first member, naming all of them; all are left out."""
    edges: dict[str, list[str]] = {}
    for use in draft.uses:
        if use.target is not None:
            edges.setdefault(use.source.qualified_name, []).append(use.target.qualified_name)
    for members in find_cycles(edges):
        use = _first(draft, members)
        if len(members) == 1:
            message = f'The field "{members[0]}" refers to itself.'
        else:
            message = f"Fields refer to each other in a circle: {', '.join(members)}."
        out = tuple(LeftOut(Kind.FIELD, name) for name in members)
        yield replace(use.finding(Code.REFERENCE_CYCLE, message), leaves_out=out)


def _first(draft: Draft, members: tuple[str, ...]) -> Use:
    inside = set(members)
    return next(
        use
        for use in draft.uses
        if use.source.qualified_name == members[0]
        and use.target is not None
        and use.target.qualified_name in inside
    )
