"""Everything that a model defines and where: for completion, hovering and going to a definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from holoscope.access.actors import Actor
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.views import View
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.editor.places import CombinedPlaces
from holoscope.modelstore.editor.reading import open_stack
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.stack import Stack

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Definitions:
    """`state` names the state of every layer: while it is the same, so are the records."""

    state: str
    records: list[Record]


def list_definitions(
    store: ModelStore, compiler: ModelCompiler, actor: Actor, model_id: str, branch_id: str | None
) -> Definitions:
    """List views with their fields, topics, and what the model file names; wire records, no empty keys.

    What is left out of the model because of its own errors is not listed.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied: see `open_stack`.
        WarehouseError: the catalog cannot be read.
    """
    stack = open_stack(store, actor, model_id, branch_id)
    model = compiler.load(stack.model.id)
    places = CombinedPlaces.of(stack)
    records = [*_views(model, places), *_topics(model, places), *_named(model, stack, places)]
    return Definitions(".".join(f"{layer.id[:8]}-{layer.version}" for layer in stack.chain), records)


def _views(model: Model, places: CombinedPlaces) -> Iterator[Record]:
    for view in model.views.values():
        if view.ignored:
            continue
        yield _record(
            "view",
            view.name,
            places.place(view.position),
            label=view.label,
            description=view.description,
            hidden=view.hidden,
            aliasOf=view.alias_of,
        )
        if view.alias_of is None:
            yield from _fields(view, model, places)


def _fields(view: View, model: Model, places: CombinedPlaces) -> Iterator[Record]:
    columns = model.catalog.tables.get(
        f"{view.schema or model.catalog.default_schema}.{view.table_name}".lower()
    )
    for dimension in view.dimensions.values():
        if not dimension.ignored:
            kind = _type(dimension, columns)
            yield _field(
                "dimension", dimension, "dimensions", places, dataType=kind, isKey=dimension.primary_key
            )
    for measure in view.measures.values():
        if not measure.ignored:
            aggregate = None if measure.aggregate is None else measure.aggregate.value
            yield _field("measure", measure, "measures", places, aggregateType=aggregate)
    for item in view.filters.values():
        kind = None if item.type is None else item.type.value
        yield _field("filter", item, "filters", places, dataType=kind)


def _field(
    kind: str, item: Dimension | Measure | FilterField, section: str, places: CombinedPlaces, **more: object
) -> Record:
    at = places.place(item.position, (section, item.name))
    known = {"view": item.view, "label": item.label, "description": item.description, "hidden": item.hidden}
    return _record(kind, item.name, at, **known, **more)


def _type(item: Dimension, columns: Any) -> str | None:  # noqa: ANN401  (columns of a catalog)
    """Tell a dimension's type where it is written, or is that of the column it is."""
    if item.type is not None:
        return item.type.value
    column = None if columns is None or item.sql is not None else columns.get(item.name.lower())
    return None if column is None else str(column.data_type.value)


def _topics(model: Model, places: CombinedPlaces) -> Iterator[Record]:
    for topic in model.topics.values():
        yield _record(
            "topic",
            topic.name,
            places.place(topic.position),
            label=topic.label,
            description=topic.description,
            hidden=topic.hidden,
            baseView=topic.base_view,
        )
    for composite in model.composite_topics.values():
        at = places.place(composite.position)
        label, description = composite.label, composite.description
        yield _record("composite_topic", composite.name, at, label=label, description=description)


def _named(model: Model, stack: Stack, places: CombinedPlaces) -> Iterator[Record]:
    """List what the model file names; it is in the uppermost layer that has such a file."""
    layer = next((layer for layer in reversed(stack.layers()) if "model" in layer.files), None)
    if layer is None:
        return
    top = Position("model", layer=layer.name)
    for kind, section, names in (
        ("access_grant", "access_grants", model.access_grants),
        ("cache_policy", "cache_policies", model.cache_policies),
        ("constant", "constants", model.constants),
        ("custom_format", "custom_formats", model.custom_formats),
        ("custom_calendar", "custom_calendars", model.custom_calendars),
    ):
        for name in names:
            yield _record(kind, name, places.find(top, (section, name)))


def _record(kind: str, name: str, at: Position, **more: object) -> Record:
    found = {
        "kind": kind,
        "name": name,
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "layer": at.layer,
    }
    return found | {key: value for key, value in more.items() if value not in (None, "", False)}
