"""`GET /v1/models/{id}/validate`: everything found about a model and its layers (modeling digest §19.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holoscope.access.actors import Actor
from holoscope.access.attributes import load_definitions
from holoscope.access.system_attributes import SYSTEM_ATTRIBUTES
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import AutoFix, Diagnostic, Position, Severity
from holoscope.modelstore.chain import unknown_models
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.editor.reading import find_readable
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.stack import load_stack


def validate_model(
    store: ModelStore,
    compiler: ModelCompiler,
    actor: Actor,
    model_id: str,
    *,
    branch_id: str | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Return the wire's issues, errors first, at most `limit` of them.

    Issues name what topics and grants hide elsewhere, so it is for those who may read the files.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied: see `find_readable`.
        WarehouseError: the catalog cannot be read.
    """
    model = find_readable(store, actor, model_id, branch_id)
    with store.database.reading() as connection:
        stack = load_stack(connection, model)
        defined = load_definitions(connection, actor.organization_id)
        unknown = unknown_models(connection, model)
    attributes = {*(item.reference for item in defined), *SYSTEM_ATTRIBUTES}
    found = [*compiler.check(stack, attributes), *map(no_such_model, unknown)]
    return [issue_wire(item) for item in errors_first(found)[:limit]]


def no_such_model(name: str) -> Diagnostic:
    """Say that a model under `extends` does not exist."""
    message = f'No such model "{name}" on this connection: nothing of it is inherited.'
    return Diagnostic(Code.UNKNOWN_MODEL, Severity.ERROR, message, Position("model"), "model.extends")


def errors_first(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Sort by severity; findings of one severity keep their order."""
    return sorted(found, key=lambda item: item.severity is not Severity.ERROR)


def issue_wire(found: Diagnostic) -> dict[str, Any]:
    """Return one issue as the API shows it."""
    issue: dict[str, Any] = {
        "message": found.message if found.fix is None else f"{found.message} {found.fix}",
        "is_warning": found.severity is Severity.WARNING,
        "yaml_path": found.yaml_path,
    }
    if found.auto_fix is not None:
        issue["auto_fix"] = fix_wire(found.auto_fix)
    return issue


def fix_wire(fix: AutoFix) -> dict[str, Any]:
    """Return a fix as the API shows it: what it is called and the edits it makes."""
    return {
        "description_short": fix.short,
        "description_unique": fix.unique,
        "edits": [
            {"file": edit.file, "path": list(edit.path), "action": edit.action.value, "value": edit.value}
            for edit in fix.edits
        ],
    }
