"""Every function of calculations, a family a file; importing this declares them all."""

from holoscope.query.calculations.functions import (
    aggregates,
    conditional,
    formats,
    logic,
    lookups,
    numbers,
    operators,
    pivoting,
    positions,
    quick,
    statistics,
    texts,
    times,
)
from holoscope.query.calculations.functions.registry import FUNCTIONS, apply

__all__ = [
    "FUNCTIONS",
    "aggregates",
    "apply",
    "conditional",
    "formats",
    "logic",
    "lookups",
    "numbers",
    "operators",
    "pivoting",
    "positions",
    "quick",
    "statistics",
    "texts",
    "times",
]
