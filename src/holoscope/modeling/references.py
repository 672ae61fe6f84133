"""`${view.field[grain]}` in SQL text: where they stand, and which of them go in circles.

Text outside `${...}` is never looked at here; parsing SQL is left to the compiler.
Source: modeling digest §9.1, §18.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_REFERENCE = re.compile(
    r"\$\{\s*(?:([^\s.\[\]{}]+)\.)?([^\s.\[\]{}]+)(?:\[\s*(\w+)\s*\])?\s*\}"  # one that is well formed
    r"|\$\{[^{}]*\}"
)
_OPENING = re.compile(r"\$\{")


@dataclass(frozen=True, slots=True)
class Reference:
    """One `${...}`. `start`/`end` are offsets in the SQL text; an empty `name` means malformed."""

    text: str
    start: int
    end: int
    view: str | None = None
    name: str = ""
    grain: str | None = None


def qualified(name: str, view: str) -> str:
    """Give `view.field`: a bare name is a field of `view`."""
    return name if "." in name else f"{view}.{name}"


@lru_cache(16_384)
def find_references(sql: str) -> tuple[Reference, ...]:
    """Return every `${...}` of `sql` in order; an unclosed `${` comes back as a malformed one."""
    if "${" not in sql:
        return ()
    found: list[Reference] = []
    for match in _REFERENCE.finditer(sql):
        view, name, grain = match.groups()
        grain = grain.lower() if grain else None
        found.append(Reference(match[0], match.start(), match.end(), view, name or "", grain))
    if sql.count("${") > len(found):
        closed = {reference.start for reference in found}
        found.extend(
            Reference(sql[opening.start() : opening.start() + 20], opening.start(), len(sql))
            for opening in _OPENING.finditer(sql)
            if opening.start() not in closed
        )
        found.sort(key=lambda reference: reference.start)
    return tuple(found)


def find_cycles(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return the members of each group of names that reach themselves, once per group.

    Linear in the number of edges (Tarjan's components, without recursion). Members come in the
    order of `edges`, groups by their first member.
    """
    order = {name: position for position, name in enumerate(edges)}
    cycles = [
        tuple(sorted(group, key=lambda name: order.get(name, len(order))))
        for group in _components(edges)
        if len(group) > 1 or group[0] in set(edges.get(group[0], ()))
    ]
    return sorted(cycles, key=lambda group: order.get(group[0], len(order)))


def _components(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[list[str]] = []
    for root in edges:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(edges.get(root, ())))]
        while work:
            name, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(edges.get(target, ()))))
                    break
                if target in on_stack:
                    low[name] = min(low[name], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    groups.append(_cut(stack, on_stack, name))
    return groups


def _cut(stack: list[str], on_stack: set[str], name: str) -> list[str]:
    at = len(stack) - 1
    while stack[at] != name:
        at -= 1
    group = stack[at:]
    del stack[at:]
    on_stack.difference_update(group)
    return group
