"""Models, their files and schemas (API digest §3.13)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.models import (
    BranchQuery,
    ModelsGetSchemasResponse,
    ModelsListResponse,
    ModelsQuery,
    ModelYamlResponse,
    YamlQuery,
)
from holoscope.http.wire import Uuid
from holoscope.modelstore.models import ModelFilter, model_wire
from holoscope.modelstore.schemas import list_schemas
from holoscope.modelstore.yaml import YamlRequest, read_yaml

routes = router("Models")


@serve(
    routes,
    "GET",
    "/v1/models",
    "modelsList",
    ModelsListResponse,
    omit_unset=True,
    aliases=[("unstableModelsList", "/unstable/models")],
)
def list_models(
    query: Annotated[ModelsQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List the models the actor has a role on."""
    page = called.models.list_models(
        actor,
        ModelFilter(
            name=query.name,
            model_id=query.model_id,
            connection_id=query.connection_id,
            base_model_id=query.base_model_id,
            model_kind=query.model_kind,
            include_deleted=query.include_deleted,
        ),
        sort_field=query.sort_field,
        sort_direction=query.sort_direction,
        page_size=query.page_size,
        cursor=query.cursor,
    )
    return page.wire(lambda model: model_wire(model, with_branches=query.include is not None))


@serve(
    routes,
    "GET",
    "/v1/models/{modelId}/yaml",
    "modelsYamlGet",
    ModelYamlResponse,
    omit_unset=True,
    aliases=[("unstableModelsYamlGet", "/unstable/models/{modelId}/yaml")],
)
def get_yaml(
    modelId: Uuid,  # noqa: N803  (the wire's name)
    query: Annotated[YamlQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Return a model's files as text; Querier and above."""
    wanted = YamlRequest(
        mode=query.mode,
        file_name=query.file_name,
        branch_id=query.branch,
        include_checksums=query.include_checksums,
        fully_resolved=query.fully_resolved,
        include_schemas=query.include_schemas,
    )
    return read_yaml(called.models, called.scopes, actor, modelId, wanted)


@serve(
    routes,
    "GET",
    "/v1/models/{modelId}/schemas",
    "modelsGetSchemas",
    ModelsGetSchemasResponse,
    aliases=[("unstableModelsGetSchemas", "/unstable/models/{modelId}/schemas")],
)
def get_schemas(
    modelId: Uuid,  # noqa: N803
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """List the schemas of the model's connection."""
    return {"schemas": list_schemas(called.models, called.compiler, actor, modelId, query.branch)}
