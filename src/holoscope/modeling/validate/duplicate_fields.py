"""A name is used once among the fields of a view, filter-only ones included (modeling digest §2)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.views import View


def check(view: View) -> Iterator[Finding]:
    """Leave out both fields of one name: which of them is meant cannot be told."""
    sections = (
        ("measures", view.measures, "a dimension", view.dimensions),
        ("filters", view.filters, "a dimension", view.dimensions),
        ("filters", view.filters, "a measure", view.measures),
    )
    for key, later, word, earlier in sections:
        for name in later.keys() & earlier.keys():
            line = earlier[name].position.line
            yield Finding(
                Code.DUPLICATE_FIELD,
                f'Duplicate field name "{name}" in view "{view.name}": also {word} on line {line}.',
                view.position.file,
                (key, name),
                leaves_out=(LeftOut(Kind.FIELD, f"{view.name}.{name}"),),
            )
