"""A view under another name: what a join's alias or a virtual schema makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

from holoscope.modeling.fields import Dimension, LevelOfDetail, Measure
from holoscope.modeling.views import View


def copy_view(view: View, alias: str, label: str | None) -> View:
    """Return the view under another name: its fields belong to the copy, filters included.

    SQL is not changed: inside a copy, `${<original>.field}` means the copy's own field.
    """

    def rename(key: str) -> str:
        return f"{alias}.{key.removeprefix(view.name + '.')}" if key.startswith(f"{view.name}.") else key

    return replace(
        view,
        name=alias,
        alias_of=view.name,
        label=label,
        aliases=(),
        dimensions=MappingProxyType(
            {name: _copy_dimension(item, alias, rename) for name, item in view.dimensions.items()}
        ),
        filters=MappingProxyType(
            {
                name: replace(field, view=alias, bind=rename(field.bind) if field.bind else None)
                for name, field in view.filters.items()
            }
        ),
        rollup=None,
        measures=MappingProxyType(
            {name: _copy_measure(item, alias, rename) for name, item in view.measures.items()}
        ),
    )


def _copy_dimension(dimension: Dimension, alias: str, rename: Callable[[str], str]) -> Dimension:
    top = dimension.dynamic_top_n
    return replace(
        dimension,
        view=alias,
        level_of_detail=_copy_detail(dimension.level_of_detail, rename),
        dynamic_top_n=replace(top, by=rename(top.by)) if top else None,
    )


def _copy_measure(measure: Measure, alias: str, rename: Callable[[str], str]) -> Measure:
    return replace(
        measure,
        view=alias,
        filters=MappingProxyType({rename(key): value for key, value in measure.filters.items()}),
        cancels=frozenset(map(rename, measure.cancels)),
        offsets=MappingProxyType({rename(key): value for key, value in measure.offsets.items()}),
        level_of_detail=_copy_detail(measure.level_of_detail, rename),
    )


def _copy_detail(detail: LevelOfDetail | None, rename: Callable[[str], str]) -> LevelOfDetail | None:
    return replace(detail, fields=tuple(map(rename, detail.fields))) if detail else None
