"""`GET /v1/models`: which models an actor may see, page by page, as wire records (API digest §3.13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from holoscope.access.actors import Actor
from holoscope.access.roles import Roles
from holoscope.kit.clock import wire_time
from holoscope.kit.paging import BadCursor, decode_cursor
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.storage.tables import models

SORTS: Mapping[str, ColumnElement[Any]] = {
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


def model_wire(model: StoredModel, branches: Iterable[tuple[str, str]] | None = None) -> dict[str, Any]:
    """Build the wire record; with `branches` it has the key of that name."""
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
    if branches is not None:
        record["branches"] = [{"id": id_, "name": name} for id_, name in branches]
    return record


def select_visible(actor: Actor, roles: Roles, wanted: ModelFilter) -> Select[Any]:
    """Select the models on which the actor has a role and that the filter lets through."""
    rows = select(models).where(models.c.organization_id == actor.organization_id)
    if not roles.is_admin:
        rows = rows.where(
            or_(
                models.c.connection_id.in_(roles.open_connections()),
                func.coalesce(models.c.role_model_id, models.c.id).in_(roles.open_models()),
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


def load_branch_names(connection: Connection, model_ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the (id, name) of the branches of each model, by name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(
        select(models.c.id, models.c.name, models.c.base_model_id)
        .where(
            models.c.base_model_id.in_(list(model_ids)),
            models.c.kind == ModelKind.BRANCH.value,
            models.c.deleted_at.is_(None),
        )
        .order_by(models.c.name_key)
    ):
        found.setdefault(row.base_model_id, []).append((row.id, row.name))
    return found


def read_position(cursor: str, sort_field: str, sort_direction: str) -> tuple[Any, str]:
    """Read a cursor of this list: where in its order the next page begins.

    Raises:
        BadCursor: it is not ours, or belongs to another order.
    """
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
