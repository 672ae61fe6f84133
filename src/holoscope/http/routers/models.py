"""Models as records, and their schemas (API digest §3.13)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.models import (
    BranchQuery,
    Done,
    ModelsCacheResetBody,
    ModelsCacheResetResponse,
    ModelsCreateBody,
    ModelsCreateResponse,
    ModelsGetSchemasResponse,
    ModelsListResponse,
    ModelsMergeBranchBody,
    ModelsMergeBranchResponse,
    ModelsQuery,
    ModelsUpdateBody,
    ModelsUpdateResponse,
    ModelsValidateResponse,
    ValidateQuery,
)
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time
from holoscope.modelstore.branches import Merge, merge_branch
from holoscope.modelstore.cache_resets import reset_cache
from holoscope.modelstore.listing import ModelFilter, model_wire
from holoscope.modelstore.managing import (
    Creation,
    Grant,
    create_model,
    delete_branch,
    delete_model,
    rename,
)
from holoscope.modelstore.model_rows import ModelKind
from holoscope.modelstore.schemas import list_schemas
from holoscope.modelstore.validation import validate_model

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
    if query.include is None:
        return page.wire(model_wire)
    branches = called.models.branches_of(page.records)
    return page.wire(lambda model: model_wire(model, branches.get(model.id, ())))


@serve(
    routes,
    "POST",
    "/v1/models",
    "modelsCreate",
    ModelsCreateResponse,
    omit_unset=True,
    aliases=[("unstableModelsCreate", "/unstable/models")],
)
def post_model(body: ModelsCreateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make a schema, shared, extension or branch model."""
    grants = [
        Grant(item.name, item.user_attribute, item.allowed_values, item.access_boostable)
        for item in body.access_grants
        if not item.ignored
    ]
    wanted = Creation(
        connection_id=body.connection_id,
        kind=ModelKind(body.model_kind),
        name=body.model_name,
        base_model_id=body.base_model_id,
        allow_as_workbook_base=body.allow_as_workbook_base,
        uses_isolated_branches=body.uses_isolated_branches,
        grants=grants,
    )
    made = create_model(called.models, actor, wanted, generate=called.refresher.generate)
    return {"success": True, "model": model_wire(made)}


@serve(
    routes,
    "PATCH",
    "/v1/models/{modelId}",
    "modelsUpdate",
    ModelsUpdateResponse,
    aliases=[("unstableModelsUpdate", "/unstable/models/{modelId}")],
)
def patch_model(
    modelId: Uuid,  # noqa: N803  (the wire's name)
    body: ModelsUpdateBody,
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Rename a model."""
    renamed = rename(called.models, actor, modelId, body.name)
    return {"success": True, "model": {"id": renamed.id, "name": renamed.name}}


@serve(
    routes,
    "DELETE",
    "/v1/models/{modelId}",
    "modelsDelete",
    Done,
    aliases=[("unstableModelsDelete", "/unstable/models/{modelId}")],
)
def remove_model(
    modelId: Uuid,  # noqa: N803
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Put a shared or extension model into the trash, with everything that stands on it."""
    delete_model(called.models, actor, modelId)
    return {"success": True}


@serve(
    routes,
    "DELETE",
    "/v1/models/{modelId}/branch/{branchName:path}",
    "modelsDeleteBranch",
    Done,
    aliases=[("unstableModelsDeleteBranch", "/unstable/models/{modelId}/branch/{branchName:path}")],
)
def remove_branch(
    modelId: Uuid,  # noqa: N803
    branchName: str,  # noqa: N803
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Delete a branch by its name."""
    delete_branch(called.models, actor, modelId, branchName)
    return {"success": True}


@serve(
    routes,
    "POST",
    "/v1/models/{modelId}/branch/{branchName:path}/merge",
    "modelsMergeBranch",
    ModelsMergeBranchResponse,
    aliases=[("unstableModelsMergeBranch", "/unstable/models/{modelId}/branch/{branchName:path}/merge")],
)
def post_merge(
    modelId: Uuid,  # noqa: N803
    branchName: str,  # noqa: N803
    actor: CurrentActor,
    called: Called,
    body: ModelsMergeBranchBody | None = None,
) -> dict[str, Any]:
    """Merge a branch into its model; nothing is stored when they conflict."""
    asked = body or ModelsMergeBranchBody()
    how = Merge(asked.commit_message, asked.delete_branch, asked.force_override_git_settings)
    merge_branch(called.models, actor, modelId, branchName, how)
    return {"success": True, "git_synced": False, "published_drafts_count": 0, "failed_drafts_count": 0}


@serve(
    routes,
    "POST",
    "/v1/models/{modelId}/cache_reset/{policyName}",
    "modelsCacheReset",
    ModelsCacheResetResponse,
    aliases=[("unstableModelsCacheReset", "/unstable/models/{modelId}/cache_reset/{policyName}")],
)
def post_cache_reset(
    modelId: Uuid,  # noqa: N803
    policyName: str,  # noqa: N803
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
    body: ModelsCacheResetBody | None = None,
) -> dict[str, Any]:
    """Use no result of a cache policy again that is older than now, or than `resetAt`."""
    model = called.models.find_layer(actor, modelId, query.branch)
    reset = reset_cache(called.models, actor, model, policyName, None if body is None else body.reset_at)
    return {
        "success": True,
        "cache_reset": {
            "id": reset.id,
            "model_id": reset.model_id,
            "policy_name": reset.policy_name,
            "reset_at": wire_time(reset.reset_at),
            "created_at": wire_time(reset.created_at),
            "updated_at": wire_time(reset.updated_at),
        },
    }


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


@serve(
    routes,
    "GET",
    "/v1/models/{modelId}/validate",
    "modelsValidate",
    ModelsValidateResponse,
    omit_unset=True,
    aliases=[("unstableModelsValidate", "/unstable/models/{modelId}/validate")],
)
def get_validate(
    modelId: Uuid,  # noqa: N803
    query: Annotated[ValidateQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> list[dict[str, Any]]:
    """List what is wrong with a model: all findings at once, errors first; Querier and above."""
    return validate_model(
        called.models, called.compiler, actor, modelId, branch_id=query.branch, limit=query.limit
    )
