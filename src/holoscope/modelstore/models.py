"""Models as records: making them, finding them, listing what an actor may see (API digest §3.13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from holoscope.access.actors import Actor
from holoscope.access.roles import Role, Roles
from holoscope.access.scope import Scopes
from holoscope.access.verdicts import Verdicts
from holoscope.kit.clock import Clock, wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.kit.paging import BadCursor, Page, decode_cursor, encode_cursor, page_size_of
from holoscope.modeling.layers import file_key
from holoscope.modelstore import model_rows
from holoscope.modelstore.errors import NoSuchConnection, NoSuchModel, SchemaModelExists, SchemaModelMissing
from holoscope.modelstore.model_rows import ModelKind, StoredModel, content_hash
from holoscope.storage.keyset import Order, load_page
from holoscope.storage.tables import connections, models
from holoscope.storage.unit_of_work import Database

_SORTS: dict[str, ColumnElement[Any]] = {
    "name": func.coalesce(models.c.name_key, ""),
    "modelKind": models.c.kind,
    "connectionId": models.c.connection_id,
    "baseModelId": func.coalesce(models.c.base_model_id, ""),
    "createdAt": models.c.created_at,
    "updatedAt": models.c.updated_at,
}
_INSTANTS = {"createdAt", "updatedAt"}


@dataclass(frozen=True, slots=True)
class ModelFilter:
    """What `GET /v1/models` filters by; None and an empty text filter nothing.

    `name` is compared whole, letter case ignored. `model_kind` may be a wire kind of which there
    are no models here.
    """

    name: str | None = None
    model_id: str | None = None
    connection_id: str | None = None
    base_model_id: str | None = None
    model_kind: str | None = None
    include_deleted: bool = False


class ModelStore:
    """The stored models. Safe between threads."""

    def __init__(self, database: Database, scopes: Scopes, clock: Clock) -> None:
        self.database = database
        self._scopes = scopes
        self._clock = clock
        self._known: Verdicts[str, StoredModel] = Verdicts(database)

    def create_schema_model(self, connection_id: str, files: Mapping[str, str] | None = None) -> StoredModel:
        """Make the SCHEMA model of a connection; it is the base of every other model there.

        Raises:
            NoSuchConnection: unknown or deleted.
            SchemaModelExists: the connection has one.
            BadRequest: two files differ by `.yaml` alone.
        """
        return self._create(connection_id, ModelKind.SCHEMA, None, files or {})

    def create_shared_model(self, connection_id: str, name: str, files: Mapping[str, str]) -> StoredModel:
        """Make a SHARED model from files: `model`, `relationships`, `<x>.view`, `<x>.topic`.

        Raises:
            NoSuchConnection: unknown or deleted.
            SchemaModelMissing: the connection has no SCHEMA model to stand on.
            BadRequest: two files differ by `.yaml` alone.
        """
        return self._create(connection_id, ModelKind.SHARED, name, files)

    def replace_files(self, model_id: str, files: Mapping[str, str]) -> StoredModel:
        """Make these the model's files, all of them; the version grows only when they differ.

        Raises:
            NoSuchModel: unknown or deleted.
        """
        files = _keyed(files)
        content = content_hash(files)
        with self.database.writing() as connection:
            model = model_rows.find_row(connection, model_id)
            if model is None:
                raise NoSuchModel(model_id)
            if model.content_sha256 == content:
                return model
            now = self._clock()
            model_rows.store_files(connection, model_id, files)
            model_rows.bump_version(connection, model_id, content, now)
        return replace(model, version=model.version + 1, content_sha256=content, updated_at=now)

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
        if model.organization_id != actor.organization_id:
            raise NoSuchModel(model_id)
        if self._scopes.roles_of(actor).on(model.id, model.connection_id) is Role.NO_ACCESS:
            raise NoSuchModel(model_id)
        return model

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
        order = Order(_SORTS[sort_field], models.c.id, sort_direction == "desc")
        after = _position(cursor, sort_field, sort_direction) if cursor else None
        rows = _matching(actor, self._scopes.roles_of(actor), wanted)
        with self.database.reading() as connection:
            page = load_page(connection, rows, order, after=after, size=size)
        following = None
        if page.last is not None:
            value, last_id = page.last
            text = value.isoformat() if isinstance(value, datetime) else value
            following = encode_cursor((sort_field, sort_direction, text, last_id))
        return Page(tuple(model_rows.model_of(row) for row in page.rows), size, page.total, following)

    def _read(self, model_id: str) -> StoredModel:
        with self.database.reading() as connection:
            model = model_rows.find_row(connection, model_id.lower())
        if model is None:
            raise NoSuchModel(model_id)
        return model

    def _create(
        self, connection_id: str, kind: ModelKind, name: str | None, files: Mapping[str, str]
    ) -> StoredModel:
        now = self._clock()
        files = _keyed(files)
        with self.database.writing() as connection:
            organization_id = connection.execute(
                select(connections.c.organization_id).where(
                    connections.c.id == connection_id, connections.c.deleted_at.is_(None)
                )
            ).scalar_one_or_none()
            if organization_id is None:
                raise NoSuchConnection(connection_id)
            base = model_rows.find_schema_model(connection, connection_id)
            if kind is ModelKind.SCHEMA and base is not None:
                raise SchemaModelExists
            if kind is not ModelKind.SCHEMA and base is None:
                raise SchemaModelMissing
            model = StoredModel(
                id=new_id(),
                organization_id=organization_id,
                connection_id=connection_id,
                base_model_id=None if base is None else base.id,
                kind=kind,
                name=name,
                version=1,
                content_sha256=content_hash(files),
                created_at=now,
                updated_at=now,
            )
            model_rows.insert_model(connection, model)
            model_rows.store_files(connection, model.id, files)
        return model


def model_wire(model: StoredModel, *, with_branches: bool = False) -> dict[str, Any]:
    """Build the wire record; `with_branches` adds the key `branches`, of which there are none yet."""
    record: dict[str, Any] = {
        "id": model.id,
        "name": model.name,
        "modelKind": model.kind.value,
        "connectionId": model.connection_id,
        "baseModelId": model.base_model_id,
        "createdAt": wire_time(model.created_at),
        "updatedAt": wire_time(model.updated_at),
        "deletedAt": None if model.deleted_at is None else wire_time(model.deleted_at),
    }
    if with_branches:
        record["branches"] = []
    return record


def _keyed(files: Mapping[str, str]) -> dict[str, str]:
    """Name files as the API does, without `.yaml`, so that one file has one key."""
    keyed = {file_key(path): text for path, text in files.items()}
    if len(keyed) != len(files):
        raise BadRequest("Two files differ by their ending alone (.yaml, .yml): keep one of them.")
    return keyed


def _matching(actor: Actor, roles: Roles, wanted: ModelFilter) -> Select[Any]:
    rows = select(models).where(models.c.organization_id == actor.organization_id)
    if not roles.is_admin:
        rows = rows.where(
            or_(
                models.c.connection_id.in_(_granted(roles.by_connection)),
                models.c.id.in_(_granted(roles.by_model)),
            )
        )
    if not wanted.include_deleted:
        rows = rows.where(models.c.deleted_at.is_(None))
    if wanted.name:
        rows = rows.where(models.c.name_key == wanted.name.casefold())
    if wanted.model_kind:
        rows = rows.where(models.c.kind == wanted.model_kind)
    ids = {
        models.c.id: wanted.model_id,
        models.c.connection_id: wanted.connection_id,
        models.c.base_model_id: wanted.base_model_id,
    }
    for column, value in ids.items():
        if value:
            rows = rows.where(column == value.lower())
    return rows


def _granted(roles: Mapping[str, Role]) -> list[str]:
    return [id_ for id_, role in roles.items() if role is not Role.NO_ACCESS]


def _position(cursor: str, sort_field: str, sort_direction: str) -> tuple[Any, str]:
    field, direction, text, last_id = decode_cursor(cursor, parts=4)
    if (field, direction) != (sort_field, sort_direction):
        raise BadCursor
    if field not in _INSTANTS:
        return text, last_id
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadCursor from None
    if instant.tzinfo is None:
        raise BadCursor
    return instant, last_id
