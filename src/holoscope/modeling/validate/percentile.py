"""`percentile` goes with its aggregate and lies between 0 and 100 (modeling digest §11)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.types import Aggregate
from holoscope.modeling.views import View

_PERCENTILES = (Aggregate.PERCENTILE, Aggregate.PERCENTILE_DISTINCT_ON)


def check(view: View) -> Iterator[Finding]:
    """Report a percentile that is missing, out of range, or beside another aggregate."""
    for name, measure in view.measures.items():
        wanted, given = measure.aggregate in _PERCENTILES, measure.percentile
        if not wanted and given is None:
            continue
        if wanted and given is None:
            key, message = "aggregate_type", f'Measure "{name}" needs percentile: a number from 0 to 100.'
        elif not wanted:
            key, message = "percentile", f'Measure "{name}": percentile needs aggregate_type: percentile.'
        elif given is not None and not 0 <= given <= 100:
            key, message = "percentile", f'Measure "{name}": percentile must lie between 0 and 100.'
        else:
            continue
        yield Finding(
            Code.BAD_PERCENTILE,
            message,
            view.position.file,
            ("measures", name, key),
            leaves_out=(LeftOut(Kind.FIELD, measure.qualified_name),),
        )
