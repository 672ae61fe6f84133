"""The query in the model's own words: what `summary.omni_sql` shows (query digest §4.8)."""

from __future__ import annotations

from collections.abc import Sequence

from holoscope.modeling.fields import Measure
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure


def describe(
    base: str, columns: Sequence[ResolvedDimension | ResolvedMeasure], limit_rows: int | None
) -> str:
    """Write the query over `${view.field}` names; for people, never executed."""
    terms = []
    groups = []
    for position, item in enumerate(columns, start=1):
        if isinstance(item.field, Measure):
            word = f"OMNI_{item.field.aggregate.wire_name}" if item.field.aggregate else "OMNI_MEASURE"
            terms.append(f'{word}(${{{item.name}}}) AS "{item.name}"')
        else:
            groups.append(str(position))
            terms.append(f"${{{item.name}}}")
    text = f"SELECT {', '.join(terms)}\nFROM ${{{base}}}"
    if groups and len(groups) < len(terms):
        text += f"\nGROUP BY {', '.join(groups)}"
    return text if limit_rows is None else f"{text}\nLIMIT {limit_rows}"
