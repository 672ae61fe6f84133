"""What can be asked about a model: its topics, their fields, and values that make filters bite."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from holoscope.modeling.joins import JoinNode
from holoscope.modeling.types import Aggregate
from support.ground import Ground
from support.naive.conditions import Setting
from support.naive.fields import Fields
from support.naive.types import Refusal

EXACT = {Aggregate.COUNT, Aggregate.COUNT_DISTINCT, Aggregate.SUM, Aggregate.MIN, Aggregate.MAX}


@dataclass(frozen=True)
class Dim:
    """A dimension; `kind` is string, number, boolean, time or date; `values` are some it takes."""

    name: str
    kind: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Mea:
    """A measure; `exact` ones may be sorted by, since no rounding decides their order."""

    name: str
    kind: str
    exact: bool


@dataclass
class Place:
    """A topic, or a bare view when `topic` is empty."""

    topic: str
    base: str
    dims: list[Dim] = field(default_factory=list)
    meas: list[Mea] = field(default_factory=list)

    @property
    def body(self) -> dict[str, Any]:
        return {"join_paths_from_topic_name": self.topic, "table": self.base}


def places(ground: Ground) -> dict[str, Place]:
    """Every topic, and every view bare, each with the fields of the views it joins."""
    model = ground.model
    found: dict[str, Place] = {}
    for name, topic in model.topics.items():
        views = [topic.base_view, *_tree(topic.joins or ())]
        found[name] = Place(name, topic.base_view)
        _fill(found[name], ground, views)
    for name in model.views:
        found[f"view {name}"] = Place("", name)
        _fill(found[f"view {name}"], ground, [name])
    return found


def _tree(nodes: tuple[JoinNode, ...]) -> list[str]:
    return [view for node in nodes for view in (node.view, *_tree(node.children))]


def _fill(place: Place, ground: Ground, views: list[str]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    fields = Fields(ground.model, None, ground.tables, Setting(now, "UTC", 0, {}))
    for view in views:
        for name, dimension in ground.model.views[view].dimensions.items():
            if not dimension.ignored and _reads_only(fields, view, name, views):
                dim = _dim(fields, view, name)
                if dim is not None:
                    place.dims.append(dim)
        for name, measure in ground.model.views[view].measures.items():
            if not _reads_only(fields, view, name, views):
                continue
            kind, exact = "number", measure.aggregate in EXACT
            if measure.aggregate is Aggregate.LIST:
                kind = "list"
            elif measure.aggregate in (Aggregate.MIN, Aggregate.MAX):
                sample = fields.run(measure.sql or "", view, {view: fields.rows(view)[0]})
                kind = (
                    "number" if isinstance(sample, (int, float)) or hasattr(sample, "as_tuple") else "other"
                )
            place.meas.append(Mea(f"{view}.{name}", kind, exact and kind == "number"))


def _reads_only(fields: Fields, view: str, name: str, views: list[str]) -> bool:
    try:
        return fields.views_of(view, name) <= set(views)
    except Refusal:
        return False


def _dim(fields: Fields, view: str, name: str) -> Dim | None:
    full = f"{view}.{name}"
    dimension = fields.dimension(view, name)
    others = sorted(fields.views_of(view, name) - {view})
    if dimension is None or "[" in (dimension.sql or ""):
        return None  # made of a grain: what it is, is nowhere written
    values = set()
    for place, row in enumerate(fields.rows(view)):
        beside = {other: fields.rows(other)[place % len(fields.rows(other))] for other in others}
        values.add(fields.raw({view: row, **beside}, view, name))
    values -= {None}
    if not values:
        return None
    some = tuple(sorted(values)[:: max(1, len(values) // 12)])
    sample = some[0]
    if isinstance(sample, bool):
        return Dim(full, "boolean", some)
    if isinstance(sample, str):
        return Dim(full, "string", some)
    if fields.dates(view, name) is not None:
        return Dim(full, "date" if fields.dates(view, name) else "time", some)
    return Dim(full, "number", some)
