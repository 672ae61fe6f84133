"""A dimension is worked out of its value in one way: groups, bins or a duration (modeling digest §8)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.fields import Dimension
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.views import View


def check(view: View) -> Iterator[Finding]:
    """Report keys that contradict each other; the dimension is left out."""
    for name, dimension in view.dimensions.items():
        problem = _problem(dimension)
        if problem is not None:
            code, key, message = problem
            out = (LeftOut(Kind.FIELD, dimension.qualified_name),)
            yield Finding(code, message, view.position.file, ("dimensions", name, key), leaves_out=out)


def _problem(found: Dimension) -> tuple[Code, str, str] | None:
    if found.duration is not None:
        return _duration_problem(found)
    if found.otherwise is not None and not found.groups:
        return Code.BAD_GROUPS, "else", '"else" stands for the values in no group, and there are no groups.'
    if found.bin_boundaries or found.bin_labels:
        return _bin_problem(found)
    return None


def _duration_problem(found: Dimension) -> tuple[Code, str, str] | None:
    if found.groups or found.otherwise or found.bin_boundaries or found.bin_labels or found.sql is not None:
        message = "A duration is made of sql_start and sql_end alone: no sql, groups or bins beside it."
        return Code.BAD_DURATION, "duration", message
    if found.primary_key:
        return Code.BAD_DURATION, "duration", "A duration cannot be the primary key."
    return None


def _bin_problem(found: Dimension) -> tuple[Code, str, str] | None:
    labels, bins = len(found.bin_labels), len(found.bin_boundaries) + 1
    if not found.bin_boundaries:
        return Code.BAD_BINS, "bin_labels", '"bin_labels" names bins, and there are no bin_boundaries.'
    if labels and labels != bins:
        return (
            Code.BAD_BINS,
            "bin_labels",
            f"{bins - 1} boundaries make {bins} bins; {labels} labels are given.",
        )
    if found.groups:
        return Code.BAD_BINS, "bin_boundaries", "A dimension has groups or bins, not both."
    return None
