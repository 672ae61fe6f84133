"""Models as records: making them, finding them, listing what an actor may see (API digest §3.13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from holoscope.access.actors import Actor
from holoscope.access.roles import Role
from holoscope.access.scope import Scopes
from holoscope.access.verdicts import Verdicts
from holoscope.kit.clock import Clock
from holoscope.kit.errors import BadRequest
from holoscope.kit.paging import Page, encode_cursor, page_size_of
from holoscope.modeling.layers import file_key
from holoscope.modelstore import model_rows
from holoscope.modelstore.creation import WantedModel, add_model
from holoscope.modelstore.errors import NoSuchBranchModel, NoSuchModel, SchemaModelsHaveNoBranches
from holoscope.modelstore.history import Authored, load_versions, write_files
from holoscope.modelstore.listing import SORTS, ModelFilter, load_branch_names, read_position, select_visible
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.query.scope import Scope
from holoscope.storage.keyset import Order, load_page
from holoscope.storage.tables import models
from holoscope.storage.unit_of_work import Database


class ModelStore:
    """The stored models. Safe between threads."""

    def __init__(self, database: Database, scopes: Scopes, clock: Clock) -> None:
        self.database = database
        self.scopes = scopes
        self.clock = clock
        self._known: Verdicts[str, StoredModel] = Verdicts(database)

    def create_schema_model(self, connection_id: str, files: Mapping[str, str] | None = None) -> StoredModel:
        """Make the SCHEMA model of a connection; it is the base of every other model there.

        Raises:
            NoSuchConnection: unknown or deleted.
            SchemaModelExists: the connection has one.
            BadRequest: two files differ by `.yaml` alone.
        """
        return self._create(WantedModel(connection_id, ModelKind.SCHEMA, files=keyed_files(files or {})))

    def create_shared_model(self, connection_id: str, name: str, files: Mapping[str, str]) -> StoredModel:
        """Make a SHARED model from files: `model`, `relationships`, `<x>.view`, `<x>.topic`.

        Raises:
            NoSuchConnection: unknown or deleted.
            SchemaModelMissing: the connection has no SCHEMA model to stand on.
            BadRequest: two files differ by `.yaml` alone.
        """
        return self._create(WantedModel(connection_id, ModelKind.SHARED, name, files=keyed_files(files)))

    def replace_files(self, model_id: str, files: Mapping[str, str]) -> StoredModel:
        """Make these the model's files, all of them; the version grows only when they differ.

        Raises:
            NoSuchModel: unknown or deleted.
        """
        files = keyed_files(files)
        with self.database.writing() as connection:
            model = model_rows.find_row(connection, model_id)
            if model is None:
                raise NoSuchModel(model_id)
            gone: dict[str, str | None] = dict.fromkeys(model_rows.load_own_files(connection, model_id))
            return write_files(connection, model, {**gone, **files}, Authored(self.clock()))

    def was_edited(self, model_id: str) -> bool:
        """Tell whether a member, and not only the server itself, has ever written files of a model."""
        with self.database.reading() as connection:
            return any(version.author_id for version in load_versions(connection, model_id))

    def find_shared_model(self, connection_id: str, name: str) -> StoredModel | None:
        """Find a SHARED model of a connection by its name, letter case ignored; the oldest of several."""
        wanted = (
            select(models)
            .where(
                models.c.connection_id == connection_id,
                models.c.kind == ModelKind.SHARED.value,
                models.c.name_key == name.casefold(),
                models.c.deleted_at.is_(None),
            )
            .order_by(models.c.created_at, models.c.id)
            .limit(1)
        )
        with self.database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else model_rows.model_of(row)

    def find_model(self, actor: Actor, model_id: str) -> StoredModel:
        """Return a model that the actor has a role on.

        Raises:
            NoSuchModel: unknown, deleted, another organization's, or none of the actor's business.
        """
        model = self._known.load(model_id.lower(), lambda: self._read(model_id))
        if model.organization_id != actor.organization_id or self.role_on(actor, model) is Role.NO_ACCESS:
            raise NoSuchModel(model_id)
        return model

    def find_layer(self, actor: Actor, model_id: str, branch_id: str | None) -> StoredModel:
        """Return the model, or the branch of it that was asked for.

        Raises:
            NoSuchModel: as `find_model`.
            SchemaModelsHaveNoBranches: a branch of a SCHEMA model was named.
            NoSuchBranchModel: no branch of this model has that id.
        """
        model = self.find_model(actor, model_id)
        if branch_id is None or branch_id.lower() == model.id:
            return model
        if model.kind is ModelKind.SCHEMA:
            raise SchemaModelsHaveNoBranches
        try:
            branch = self.find_model(actor, branch_id)
        except NoSuchModel:
            raise NoSuchBranchModel(branch_id) from None
        if branch.kind is not ModelKind.BRANCH or branch.base_model_id != model.id:
            raise NoSuchBranchModel(branch_id)
        return branch

    def role_on(self, actor: Actor, model: StoredModel) -> Role:
        """Return the actor's role on a model; a branch is as open as what it branches from."""
        return self.scopes.roles_of(actor).on(model.role_model_id, model.connection_id)

    def scope_on(self, actor: Actor, model: StoredModel) -> Scope:
        """Return the actor's scope on a model."""
        return self.scopes.scope_for(actor, model.role_model_id, model.connection_id)

    def list_models(
        self,
        actor: Actor,
        wanted: ModelFilter,
        *,
        sort_field: str = "updatedAt",
        sort_direction: str = "desc",
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Page[StoredModel]:
        """Return one page of the models the actor has a role on.

        `sort_field` is `name`, `modelKind`, `connectionId`, `baseModelId`, `createdAt` or `updatedAt`;
        a cursor is good for the same order only.

        Raises:
            BadCursor: the cursor is not ours, or belongs to another order.
            BadRequest: the page size is out of its range.
        """
        size = page_size_of(page_size)
        order = Order(SORTS[sort_field], models.c.id, sort_direction == "desc")
        after = read_position(cursor, sort_field, sort_direction) if cursor else None
        rows = select_visible(actor, self.scopes.roles_of(actor), wanted)
        with self.database.reading() as connection:
            page = load_page(connection, rows, order, after=after, size=size)
        following = None
        if page.last is not None:
            value, last_id = page.last
            text = value.isoformat() if isinstance(value, datetime) else value
            following = encode_cursor((sort_field, sort_direction, text, last_id))
        return Page(tuple(model_rows.model_of(row) for row in page.rows), size, page.total, following)

    def branches_of(self, found: Iterable[StoredModel]) -> dict[str, list[tuple[str, str]]]:
        """Return (id, name) of the branches of models that were found, by model."""
        with self.database.reading() as connection:
            return load_branch_names(connection, [model.id for model in found])

    def _read(self, model_id: str) -> StoredModel:
        with self.database.reading() as connection:
            model = model_rows.find_row(connection, model_id.lower())
        if model is None:
            raise NoSuchModel(model_id)
        return model

    def _create(self, wanted: WantedModel) -> StoredModel:
        with self.database.writing() as connection:
            return add_model(connection, wanted, Authored(self.clock()))


def keyed_files(files: Mapping[str, str]) -> dict[str, str]:
    """Name files as the API does, without `.yaml`, so that one file has one key.

    Raises:
        BadRequest: two files differ by `.yaml` alone.
    """
    keyed = {file_key(path): text for path, text in files.items()}
    if len(keyed) != len(files):
        raise BadRequest("Two files differ by their ending alone (.yaml, .yml): keep one of them.")
    return keyed
