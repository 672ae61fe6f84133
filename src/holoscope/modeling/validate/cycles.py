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
    sources = {(use.source.view, use.source.name) for use in draft.uses}
    edges: dict[str, list[str]] = {}
    for use in draft.uses:
        target = use.target
        if target is not None and (target.view, target.name) in sources:  # others lead nowhere
            edges.setdefault(use.source.qualified_name, []).append(target.qualified_name)
    cycles = find_cycles(edges)
    uses = _uses_of(draft, {members[0] for members in cycles})
    for members in cycles:
        use = next(item for item in uses[members[0]] if _leads_into(item, members))
        if len(members) == 1:
            message = f'The field "{members[0]}" refers to itself.'
        else:
            message = f"Fields refer to each other in a circle: {', '.join(members)}."
        out = tuple(LeftOut(Kind.FIELD, name) for name in members)
        yield replace(use.finding(Code.REFERENCE_CYCLE, message), leaves_out=out)


def _uses_of(draft: Draft, names: set[str]) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {name: [] for name in names}
    if found:
        for use in draft.uses:
            if use.source.qualified_name in found:
                found[use.source.qualified_name].append(use)
    return found


def _leads_into(use: Use, members: tuple[str, ...]) -> bool:
    return use.target is not None and use.target.qualified_name in members
