"""Single views, topics and fields, changed through the YAML of their layer (modeling digest §3.3)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.model_parts import (
    FieldDeleteQuery,
    ModelsCreateFieldBody,
    ModelsUpdateFieldBody,
    ModelsUpdateTopicBody,
    ModelsUpdateViewBody,
    PartDeleteQuery,
)
from holoscope.http.shapes.models import BranchQuery, Done
from holoscope.http.wire import Uuid
from holoscope.modeling.layers import FileKind
from holoscope.modelstore.part_changes import (
    FieldChange,
    create_field,
    delete_field,
    delete_part,
    update_field,
    update_topic,
    update_view,
)
from holoscope.modelstore.parts import Target

routes = router("Models")
_BEYOND_YAML = {
    "view_name",
    "field_name",
    "topic_context",
    "new_field_name",
    "new_view_name",
    "new_topic_name",
    "is_calc",
    "group_filters",
    "group_names",
}


def _alias(operation_id: str, path: str) -> list[tuple[str, str]]:
    return [(f"unstable{operation_id[0].upper()}{operation_id[1:]}", f"/unstable{path}")]


_VIEW = "/models/{modelId}/view/{viewName}"
_FIELD = "/models/{modelId}/view/{viewName}/field/{fieldName}"
_TOPIC = "/models/{modelId}/topic/{topicName}"
_NEW_FIELD = "/models/{modelId}/field"


@serve(
    routes,
    "PATCH",
    f"/v1{_VIEW}",
    "modelsUpdateView",
    Done,
    aliases=_alias("modelsUpdateView", _VIEW),
)
def patch_view(
    modelId: Uuid,  # noqa: N803  (the wire's name)
    viewName: str,  # noqa: N803
    body: ModelsUpdateViewBody,
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Set properties of a view."""
    update_view(called.models, actor, Target(modelId, query.branch), viewName, _said(body))
    return {"success": True}


@serve(
    routes,
    "DELETE",
    f"/v1{_VIEW}",
    "modelsDeleteView",
    Done,
    aliases=_alias("modelsDeleteView", _VIEW),
)
def remove_view(
    modelId: Uuid,  # noqa: N803
    viewName: str,  # noqa: N803
    query: Annotated[PartDeleteQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Take a view away: an inherited one is ignored, one of this layer is deleted."""
    where = Target(modelId, query.branch)
    delete_part(called.models, actor, where, FileKind.VIEW, viewName, query.mode)
    return {"success": True}


@serve(
    routes,
    "PATCH",
    f"/v1{_TOPIC}",
    "modelsUpdateTopic",
    Done,
    aliases=_alias("modelsUpdateTopic", _TOPIC),
)
def patch_topic(
    modelId: Uuid,  # noqa: N803
    topicName: str,  # noqa: N803
    body: ModelsUpdateTopicBody,
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Set properties of a topic, or call it otherwise."""
    where = Target(modelId, query.branch)
    update_topic(called.models, actor, where, topicName, _said(body), body.new_topic_name)
    return {"success": True}


@serve(
    routes,
    "DELETE",
    f"/v1{_TOPIC}",
    "modelsDeleteTopic",
    Done,
    aliases=_alias("modelsDeleteTopic", _TOPIC),
)
def remove_topic(
    modelId: Uuid,  # noqa: N803
    topicName: str,  # noqa: N803
    query: Annotated[PartDeleteQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Take a topic away; an inherited one does not come back from the layers below."""
    where = Target(modelId, query.branch)
    delete_part(called.models, actor, where, FileKind.TOPIC, topicName, query.mode)
    return {"success": True}


@serve(
    routes,
    "POST",
    f"/v1{_NEW_FIELD}",
    "modelsCreateField",
    Done,
    status=201,
    aliases=_alias("modelsCreateField", _NEW_FIELD),
)
def post_field(
    modelId: Uuid,  # noqa: N803
    body: ModelsCreateFieldBody,
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Add a dimension or measure."""
    where = Target(modelId, query.branch)
    create_field(
        called.models, actor, where, body.view_name, body.field_name, _said(body), body.topic_context
    )
    return {"success": True}


@serve(
    routes,
    "PATCH",
    f"/v1{_FIELD}",
    "modelsUpdateField",
    Done,
    aliases=_alias("modelsUpdateField", _FIELD),
)
def patch_field(
    modelId: Uuid,  # noqa: N803
    viewName: str,  # noqa: N803
    fieldName: str,  # noqa: N803
    body: ModelsUpdateFieldBody,
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Set properties of a field, rename it, or move it to another view."""
    wanted = FieldChange(
        said=_said(body),
        topic=body.topic_context,
        group_filters=body.group_filters,
        group_names=body.group_names,
        new_name=body.new_field_name,
        new_view=body.new_view_name,
    )
    update_field(called.models, actor, Target(modelId, query.branch), viewName, fieldName, wanted)
    return {"success": True}


@serve(
    routes,
    "DELETE",
    f"/v1{_FIELD}",
    "modelsDeleteField",
    Done,
    aliases=_alias("modelsDeleteField", _FIELD),
)
def remove_field(
    modelId: Uuid,  # noqa: N803
    viewName: str,  # noqa: N803
    fieldName: str,  # noqa: N803
    query: Annotated[FieldDeleteQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Take a field away: an inherited one is ignored, one of this layer is deleted."""
    where = Target(modelId, query.branch)
    delete_field(called.models, actor, where, viewName, fieldName, query.topic_context)
    return {"success": True}


def _said(body: BaseModel) -> dict[str, Any]:
    """Return the properties that a body names, by their YAML names."""
    found = {key: getattr(body, key) for key in body.model_fields_set - _BEYOND_YAML}
    if "else_value" in found:
        found["else"] = found.pop("else_value")
    if found.get("aggregate_type"):
        found["aggregate_type"] = found["aggregate_type"].lower()
    if found.get("bin_boundaries"):
        found["bin_boundaries"] = [int(n) if n.is_integer() else n for n in found["bin_boundaries"]]
    return dict(sorted(found.items()))
