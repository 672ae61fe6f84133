"""Which calculations a query needs, and which measures these read that it does not select."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holoscope.query.calculations.calculation import Calculation
from holoscope.query.calculations.node import fields_in


def needed(calculations: Mapping[str, Calculation], roots: Iterable[str]) -> list[Calculation]:
    """List the calculations that are named by `roots`, and those that they read in turn."""
    known = {name.lower(): item for name, item in calculations.items()}
    found: dict[str, Calculation] = {}
    waiting = [name.lower() for name in roots]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            item = found[name] = known[name]
            waiting += [] if item.node is None else [read.lower() for read in fields_in(item.node)]
    return list(found.values())


def unselected(
    calculations: Mapping[str, Calculation], roots: Iterable[str], fields: Iterable[str]
) -> tuple[str, ...]:
    """Name what the needed calculations read beside `fields`, where they may."""
    there = {name.lower() for name in (*fields, *calculations)}
    read: dict[str, str] = {}
    for item in needed(calculations, roots):
        if item.reads_unselected and item.node is not None:
            for name in sorted(fields_in(item.node)):
                if name.lower() not in there:
                    read.setdefault(name.lower(), name)
    return tuple(read.values())
