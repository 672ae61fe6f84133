"""`GET /v1/models/{id}/schemas`: the schemas a model's connection offers (API digest §3.13)."""

from __future__ import annotations

from holoscope.access.actors import Actor
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.models import ModelStore


def list_schemas(
    store: ModelStore, compiler: ModelCompiler, actor: Actor, model_id: str, branch_id: str | None = None
) -> list[str]:
    """Return schema names, sorted: those of the catalog and those that views name themselves.

    Raises:
        NoSuchModel: unknown, or none of the actor's business.
        NoSuchBranchModel: no such branch of this model.
        WarehouseError: the catalog cannot be read.
    """
    stored = store.find_layer(actor, model_id, branch_id)
    model = compiler.load(stored.id)
    found = {table.rpartition(".")[0] or model.catalog.default_schema for table in model.catalog.tables}
    known = {name.casefold() for name in found}
    found |= {
        view.schema for view in model.views.values() if view.schema and view.schema.casefold() not in known
    }
    return sorted(found)
