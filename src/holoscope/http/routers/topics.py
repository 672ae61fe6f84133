"""Topics and views of a model, as the actor sees them (API digest §3.13)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from holoscope.access.actors import Actor
from holoscope.http.asking import connection_for
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.ports import Services
from holoscope.http.shapes.models import BranchQuery
from holoscope.http.shapes.topics import (
    ModelsGetTopicResponse,
    ModelsGetViewResponse,
    ModelsListTopicsResponse,
)
from holoscope.http.topic_wire import (
    composite_detail,
    composite_summary,
    topic_detail,
    topic_summary,
    view_summary,
)
from holoscope.http.wire import Uuid
from holoscope.kit.errors import NotFound
from holoscope.modeling.model import Model
from holoscope.modelstore.routed import load_for
from holoscope.query.catalogue import find_topic, visible_topics, visible_views
from holoscope.query.composites.listing import list_composite, visible_composites
from holoscope.query.scope import Scope
from holoscope.query.told import Told

routes = router("Models")


@serve(
    routes,
    "GET",
    "/v1/models/{modelId}/topic",
    "modelsListTopics",
    ModelsListTopicsResponse,
    omit_none=True,
    aliases=[("unstableModelsListTopics", "/unstable/models/{modelId}/topic")],
)
def list_topics(
    modelId: Uuid,  # noqa: N803  (the wire's name)
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> ModelsListTopicsResponse:
    """List the topics that exist for the actor, hidden ones marked."""
    _, model, scope = _model(called, actor, modelId, query)
    told = Told(model, scope)
    topics = [topic_summary(topic, told) for topic in visible_topics(model, scope)]
    topics += [composite_summary(composite) for composite in visible_composites(model, scope)]
    return ModelsListTopicsResponse(topics=topics)


@serve(
    routes,
    "GET",
    "/v1/models/{modelId}/topic/{topicName}",
    "modelsGetTopic",
    ModelsGetTopicResponse,
    omit_none=True,
    aliases=[("unstableModelsGetTopic", "/unstable/models/{modelId}/topic/{topicName}")],
)
def get_topic(
    modelId: Uuid,  # noqa: N803
    topicName: str,  # noqa: N803
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> ModelsGetTopicResponse:
    """Return a topic with its views, fields and joins."""
    connection_id, model, scope = _model(called, actor, modelId, query)
    dialect = called.dialect_of(connection_id)
    composite = list_composite(model, topicName, scope, dialect)
    if composite is not None:
        return ModelsGetTopicResponse(topic=composite_detail(composite, scope))
    listed = find_topic(model, topicName, scope, dialect)
    if listed is None:
        raise NotFound(f'No such topic "{topicName}" or access not permitted')
    return ModelsGetTopicResponse(topic=topic_detail(listed, scope, dialect.name))


@serve(
    routes,
    "GET",
    "/v1/models/{modelId}/view",
    "modelsGetViews",
    ModelsGetViewResponse,
    omit_none=True,
    aliases=[
        ("unstableModelsGetViews", "/unstable/models/{modelId}/view"),
        ("unstableModelGetViews", "/unstable/model/{modelId}/view"),
    ],
)
def list_views(
    modelId: Uuid,  # noqa: N803
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> ModelsGetViewResponse:
    """List every view that exists for the actor, with field names and kinds only."""
    _, model, scope = _model(called, actor, modelId, query)
    return ModelsGetViewResponse(
        views=[view_summary(view, model, scope) for view in visible_views(model, scope)]
    )


def _model(called: Services, actor: Actor, model_id: str, query: BranchQuery) -> tuple[str, Model, Scope]:
    """Return the model as the actor's queries know it, and the id of the connection they run on."""
    stored = called.models.find_layer(actor, model_id, query.branch)
    scope = called.models.scope_on(actor, stored)
    runs_on = connection_for(called, actor, stored, scope)
    return runs_on.id, load_for(called.compiler, called.database, stored, scope, runs_on.id), scope
