"""The files of models: read, written and deleted as YAML text (API digest §3.13)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.models import (
    BranchQuery,
    ModelYamlCreateBody,
    ModelYamlCreateResponse,
    ModelYamlDeleteResponse,
    ModelYamlResponse,
    YamlDeleteQuery,
    YamlQuery,
)
from holoscope.http.wire import Uuid
from holoscope.modelstore.yaml import YamlRequest, read_yaml
from holoscope.modelstore.yaml_writes import YamlWrite, delete_yaml, write_yaml

routes = router("Models")


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
        version=query.version,
    )
    return read_yaml(called.models, actor, modelId, wanted)


@serve(
    routes,
    "POST",
    "/v1/models/{modelId}/yaml",
    "modelsYamlCreate",
    ModelYamlCreateResponse,
    omit_unset=True,
    aliases=[("unstableModelsYamlCreate", "/unstable/models/{modelId}/yaml")],
)
def post_yaml(
    modelId: Uuid,  # noqa: N803
    body: ModelYamlCreateBody,
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Write one file; Modeler and above."""
    wanted = YamlWrite(
        file_name=body.file_name,
        text=body.yaml,
        mode=body.mode,
        branch_id=body.branch_id or query.branch,
        message=body.commit_message,
        previous_checksum=body.previous_checksum,
        fully_resolved=body.fully_resolved,
    )
    return write_yaml(called.models, actor, modelId, wanted)


@serve(
    routes,
    "DELETE",
    "/v1/models/{modelId}/yaml",
    "modelsYamlDelete",
    ModelYamlDeleteResponse,
    aliases=[("unstableModelsYamlDelete", "/unstable/models/{modelId}/yaml")],
)
def remove_yaml(
    modelId: Uuid,  # noqa: N803
    query: Annotated[YamlDeleteQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Take one view or topic file away; Modeler and above."""
    return delete_yaml(
        called.models,
        actor,
        modelId,
        query.file_name,
        mode=query.mode,
        branch_id=query.branch,
        message=query.commit_message,
    )
