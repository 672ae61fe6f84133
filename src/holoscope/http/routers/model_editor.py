"""What an editor of model files asks, by session or key: Querier and above; operations of our own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.model_editor import (
    DiagnosticsBody,
    DiffQuery,
    ModelDefinitionsResponse,
    ModelDiagnosticsResponse,
    ModelDiffResponse,
    ModelFilesResponse,
    ModelUsesResponse,
    UsesQuery,
)
from holoscope.http.shapes.models import BranchQuery
from holoscope.http.streaming import Bytes
from holoscope.http.wire import Uuid, dump
from holoscope.kit.errors import BadRequest
from holoscope.modelstore.editor.definitions import list_definitions
from holoscope.modelstore.editor.files import diff_branch, list_files
from holoscope.modelstore.editor.findings import Finding, find_problems
from holoscope.modelstore.editor.uses import find_uses
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.validation import fix_wire

routes = router("Models")
_MODEL = "/v1/models/{modelId}"


@serve(routes, "GET", f"{_MODEL}/files", "modelFilesList", ModelFilesResponse)
def get_files(
    modelId: Uuid,  # noqa: N803  (the wire's name)
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """List the files of every layer of a model with their checksums."""
    layers = list_files(called.models, actor, modelId, query.branch)
    return {
        "layers": [
            {
                "modelId": layer.model.id,
                "modelKind": layer.model.kind.value,
                "name": layer.model.name,
                "version": layer.model.version,
                "files": [
                    {"path": file.path, "kind": file.kind, "checksum": file.checksum, "size": file.size}
                    for file in layer.files
                ],
            }
            for layer in layers
        ]
    }


@serve(routes, "GET", f"{_MODEL}/diff", "modelDiffGet", ModelDiffResponse)
def get_diff(
    modelId: Uuid,  # noqa: N803
    query: Annotated[DiffQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Compare a branch with its base: every file it changes as shown without and with it."""
    if query.branch is None:
        raise BadRequest("Bad Request: branchId: Required")
    diff = diff_branch(called.models, actor, modelId, query.branch)
    return {
        "branch": _side(diff.branch),
        "base": _side(diff.base),
        "isBehind": diff.is_behind,
        "conflicts": list(diff.conflicts),
        "files": [
            {"path": file.path, "status": file.status, "before": file.before, "after": file.after}
            for file in diff.files
        ],
    }


@serve(routes, "GET", f"{_MODEL}/definitions", "modelDefinitionsList", ModelDefinitionsResponse)
def get_definitions(
    modelId: Uuid,  # noqa: N803
    query: Annotated[BranchQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> Response:
    """List everything a model defines and where it is written."""
    found = list_definitions(called.models, called.compiler, actor, modelId, query.branch)
    return Bytes(b"application/json", dump({"state": found.state, "records": found.records}))


@serve(routes, "GET", f"{_MODEL}/uses", "modelUsesList", ModelUsesResponse)
def get_uses(
    modelId: Uuid,  # noqa: N803
    query: Annotated[UsesQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """List where a view, field or topic is named in the files of a model."""
    found, is_complete = find_uses(called.models, actor, modelId, query.name, query.branch)
    records = [{"file": use.file, "line": use.line, "column": use.column, "text": use.text} for use in found]
    return {"records": records, "isComplete": is_complete}


@serve(routes, "POST", f"{_MODEL}/diagnostics", "modelDiagnosticsList", ModelDiagnosticsResponse)
def post_diagnostics(
    modelId: Uuid,  # noqa: N803
    actor: CurrentActor,
    called: Called,
    body: DiagnosticsBody | None = None,
) -> dict[str, Any]:
    """List what is wrong with a model, or would be with files that are not saved; saves nothing."""
    asked = body or DiagnosticsBody()
    found = find_problems(
        called.models,
        called.compiler,
        actor,
        modelId,
        branch_id=asked.branch_id,
        files=asked.files,
        mode=asked.mode,
    )
    return {"records": [_diagnostic(item) for item in found]}


def _side(model: StoredModel) -> dict[str, Any]:
    return {"id": model.id, "name": model.name, "version": model.version}


def _diagnostic(found: Finding) -> dict[str, Any]:
    item, at = found.diagnostic, found.at
    return {
        "code": str(item.code),
        "severity": item.severity.value,
        "message": item.message,
        "hint": item.fix,
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "layer": at.layer,
        "yamlPath": item.yaml_path,
        "autoFix": None if item.auto_fix is None else fix_wire(item.auto_fix),
    }
