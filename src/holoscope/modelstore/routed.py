"""The model a person works on: a shared model, or the extension of it that their attributes choose."""

from __future__ import annotations

from sqlalchemy import select

from holoscope.kit.errors import BadRequest
from holoscope.modeling.model import Model
from holoscope.modeling.routing import route_extension
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.query.scope import Scope
from holoscope.storage.tables import models
from holoscope.storage.unit_of_work import Database


class NoSuchExtension(BadRequest):
    """`dynamic_shared_extensions` lead to a model that does not exist: nothing is shown instead of it."""

    code = "no_such_extension"

    def __init__(self, name: str) -> None:
        super().__init__(
            f'This model sends you to its extension "{name}", which does not exist. '
            "Ask whoever looks after the model to make it."
        )


def load_for(
    compiler: ModelCompiler,
    database: Database,
    stored: StoredModel,
    scope: Scope,
    connection_id: str | None = None,
) -> Model:
    """Return the compiled model for one person (modeling digest §4, `dynamic_shared_extensions`).

    `connection_id` is the connection that the person's queries run on, if not the model's own.

    Only a SHARED model that is asked for itself leads on; a branch or an extension is what it is.

    Raises:
        NoSuchExtension: the person is led to an extension that does not exist.
        NoSuchModel: the model was deleted meanwhile.
        WarehouseError: the catalog cannot be read.
    """
    model = compiler.load(stored.id, connection_id)
    if stored.kind is not ModelKind.SHARED or not model.extension_routes:
        return model
    name = route_extension(model.extension_routes, scope.attributes)
    return model if name is None else compiler.load(_extension(database, stored, name), connection_id)


def _extension(database: Database, shared: StoredModel, name: str) -> str:
    wanted = (
        select(models.c.id)
        .where(
            models.c.base_model_id == shared.id,
            models.c.kind == ModelKind.SHARED_EXTENSION.value,
            models.c.name_key == name.casefold(),
            models.c.deleted_at.is_(None),
        )
        .order_by(models.c.created_at, models.c.id)
        .limit(1)
    )
    with database.reading() as connection:
        found: str | None = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NoSuchExtension(name)
    return found
