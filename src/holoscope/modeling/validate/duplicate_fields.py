"""A name is used once among the dimensions and measures of a view (modeling digest §2)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.types import View


def check(view: View) -> Iterator[Finding]:
    """Leave out both fields of one name: which of them is meant cannot be told."""
    for name in view.dimensions.keys() & view.measures.keys():
        first = view.dimensions[name].position
        yield Finding(
            Code.DUPLICATE_FIELD,
            f'Duplicate field name "{name}" in view "{view.name}": also a dimension on line {first.line}.',
            view.position.file,
            ("measures", name),
            leaves_out=(LeftOut(Kind.FIELD, f"{view.name}.{name}"),),
        )
