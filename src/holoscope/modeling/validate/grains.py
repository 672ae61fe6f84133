"""A timeframe suffix is known, and stands only on a time (modeling digest §9.1, §18.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.names import AnyField, Names, Problem
from holoscope.modeling.timeframes import DURATIONS, GRAINS
from holoscope.modeling.types import DataType


def explain_grain(grain: str, target: AnyField, names: Names) -> Problem | None:
    """Say why `target[grain]` means nothing; None when it does, or when only the column can tell."""
    if isinstance(target, Dimension) and target.duration is not None:
        if grain in DURATIONS:
            return None
        message = f'"{target.qualified_name}" is a duration and has no unit "{grain}".'
        return Problem(Code.UNKNOWN_TIMEFRAME, message, f"Use {', '.join(DURATIONS)}.")
    if grain not in GRAINS:
        found = near(grain, GRAINS, limit=1)
        fix = f"Did you mean {found[0]}?" if found else None
        return Problem(Code.UNKNOWN_TIMEFRAME, f'No such timeframe "{grain}".', fix)
    if (
        not isinstance(target, Dimension)
        or is_text(target)
        or target.type not in (None, DataType.TIMESTAMP, DataType.UNKNOWN)
    ):
        message = f'"{target.qualified_name}" is not a time and has no timeframe "{grain}".'
        return Problem(Code.GRAIN_ON_NON_TIME, message)
    if GRAINS[grain].needs_fiscal and not names.has_fiscal_year:
        message = f'The timeframe "{grain}" needs a fiscal year.'
        return Problem(Code.FISCAL_WITHOUT_OFFSET, message, "Set fiscal_month_offset in the model file.")
    return None


def is_text(target: Dimension) -> bool:
    """Tell whether a dimension shows the group or bin of its value, which is text."""
    return bool(target.groups or target.bin_boundaries)


def check(draft: Draft) -> Iterator[Finding]:
    """Report a suffix that is unknown or on something that is no time."""
    for use in draft.uses:
        if use.grain is None or use.target is None:
            continue
        problem = explain_grain(use.grain, use.target, draft.names)
        if problem is not None:
            finding = use.finding(problem.code, problem.message, problem.fix)
            yield replace(finding, leaves_out=(LeftOut(Kind.FIELD, use.source.qualified_name),))
