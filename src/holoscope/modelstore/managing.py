"""What actors do with models as a whole: make, rename, delete (API digest §2.1, §2.2, §3.13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.errors import PermissionDenied
from holoscope.kit.errors import BadRequest
from holoscope.modeling.merge import scalar
from holoscope.modeling.reader.tree import Items, Node, Spot, Table
from holoscope.modeling.writer import write_tree
from holoscope.modelstore import model_rows
from holoscope.modelstore.administering import require_connection_admin
from holoscope.modelstore.connections import load_connection
from holoscope.modelstore.creation import WantedModel, add_model, check_name
from holoscope.modelstore.errors import NoSuchBranch, NoSuchConnection, SchemaModelExists
from holoscope.modelstore.history import Authored, record_change
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.query.scope import Permission
from holoscope.storage.tables import models

_NOWHERE = Spot(0, 0)
_DELETABLE = frozenset({ModelKind.SHARED, ModelKind.SHARED_EXTENSION})


@dataclass(frozen=True, slots=True)
class Grant:
    """An access grant that a new model starts with."""

    name: str
    user_attribute: str | None
    allowed_values: Sequence[str]
    access_boostable: bool = False


@dataclass(frozen=True, slots=True)
class Creation:
    """What `POST /v1/models` asks for."""

    connection_id: str
    kind: ModelKind
    name: str | None = None
    base_model_id: str | None = None
    allow_as_workbook_base: bool = True
    uses_isolated_branches: bool = False
    grants: Sequence[Grant] = field(default_factory=tuple)


def create_model(
    store: ModelStore,
    actor: Actor,
    wanted: Creation,
    *,
    generate: Callable[[str], Mapping[str, str]] | None = None,
) -> StoredModel:
    """Make a model. A branch needs Querier on its base, every other kind Connection Admin.

    A SHARED or SHARED_EXTENSION model without a name is called as its connection. A SCHEMA model
    holds what `generate` gives for the connection; without it, nothing yet.

    Raises:
        NoSuchConnection, NoSuchModel: unknown, or out of reach.
        PermissionDenied: the role does not cover it.
        BadRequest: the model cannot stand there or be called so.
        WarehouseError: the connection cannot be read.
    """
    base_id = None if wanted.kind is ModelKind.SCHEMA else wanted.base_model_id
    if wanted.kind is ModelKind.BRANCH and base_id is not None:
        base = store.find_model(actor, base_id)
        if not store.scope_on(actor, base).may(Permission.QUERY_FULL_MODEL):
            raise PermissionDenied
    else:
        require_connection_admin(store, actor, wanted.connection_id)
        if base_id is not None:
            store.find_model(actor, base_id)
    files = _grants_file(wanted.grants)
    if wanted.kind is ModelKind.SCHEMA and generate is not None:
        _require_no_schema_model(store, actor, wanted.connection_id)
        files = dict(generate(wanted.connection_id))
    with store.database.writing() as connection:
        stored = load_connection(connection, wanted.connection_id)
        if stored.organization_id != actor.organization_id:
            raise NoSuchConnection(wanted.connection_id)
        name = wanted.name or None
        if name is None and wanted.kind in _DELETABLE:
            name = stored.name
        asked = WantedModel(
            stored.id,
            wanted.kind,
            name,
            base_id,
            files=files,
            allow_as_workbook_base=wanted.allow_as_workbook_base,
            uses_isolated_branches=wanted.uses_isolated_branches,
            unique_name=wanted.name is not None and wanted.kind is not ModelKind.SCHEMA,
        )
        return add_model(connection, asked, Authored(store.clock(), actor))


def rename(store: ModelStore, actor: Actor, model_id: str, name: str) -> StoredModel:
    """Give a model another name: Connection Admin, for a branch Modeler.

    Raises:
        NoSuchModel: unknown, or out of reach.
        PermissionDenied: the role does not cover it.
        BadRequest: workbook and query models have no name of their own, or the name cannot be had.
    """
    model = store.find_model(actor, model_id)
    _require(store, actor, model, _manages(model.kind))
    if model.kind in (ModelKind.WORKBOOK, ModelKind.QUERY):
        raise BadRequest(f"Bad Request: {model.kind} models cannot be renamed")
    with store.database.writing() as connection:
        base = None
        if model.base_model_id is not None:
            base = model_rows.find_row(connection, model.base_model_id)
        check_name(connection, model.kind, base, name, present=model, key="name")
        by = Authored(store.clock(), actor)
        record_change(connection, model, Action.MODEL_UPDATE, by, {"newName": name})
        return model_rows.rename_model(connection, model, name, by.at)


def delete_model(store: ModelStore, actor: Actor, model_id: str) -> None:
    """Put a SHARED or SHARED_EXTENSION model and all that stands on it into the trash.

    Raises:
        NoSuchModel: unknown, or out of reach.
        PermissionDenied: the actor is no Connection Admin.
        BadRequest: a model of another kind.
    """
    model = store.find_model(actor, model_id)
    _require(store, actor, model, Permission.MANAGE_MODEL)
    if model.kind not in _DELETABLE:
        raise BadRequest(f"Bad Request: {model.kind} models cannot be deleted here")
    with store.database.writing() as connection:
        trash(connection, model, Authored(store.clock(), actor))


def delete_branch(store: ModelStore, actor: Actor, model_id: str, branch_name: str) -> None:
    """Delete a branch by its name: Modeler.

    Raises:
        NoSuchModel, NoSuchBranch: unknown, or out of reach.
        PermissionDenied: the role does not cover it.
    """
    model = store.find_model(actor, model_id)
    _require(store, actor, model, Permission.UPDATE)
    with store.database.writing() as connection:
        trash(connection, find_branch(connection, model, branch_name), Authored(store.clock(), actor))


def find_branch(connection: Connection, model: StoredModel, name: str) -> StoredModel:
    """Return the branch of a model by its name, letter case ignored.

    Raises:
        NoSuchBranch: there is none.
    """
    for other in model_rows.find_standing_on(connection, model.id):
        if other.kind is ModelKind.BRANCH and (other.name or "").casefold() == name.casefold():
            return other
    raise NoSuchBranch


def trash(connection: Connection, model: StoredModel, by: Authored) -> None:
    """Mark a model and everything that stands on it as deleted; each is an event of the audit log."""
    for above in model_rows.find_standing_on(connection, model.id):
        trash(connection, above, by)
    connection.execute(update(models).where(models.c.id == model.id).values(deleted_at=by.at))
    record_change(connection, model, Action.MODEL_DELETE, by, {"baseModelId": model.base_model_id})


def _manages(kind: ModelKind) -> Permission:
    return Permission.UPDATE if kind is ModelKind.BRANCH else Permission.MANAGE_MODEL


def _require(store: ModelStore, actor: Actor, model: StoredModel, permission: Permission) -> None:
    if not store.scope_on(actor, model).may(permission):
        raise PermissionDenied


def _require_no_schema_model(store: ModelStore, actor: Actor, connection_id: str) -> None:
    """Refuse before the database is read, which may take a while."""
    with store.database.reading() as connection:
        stored = load_connection(connection, connection_id)
        if stored.organization_id != actor.organization_id:
            raise NoSuchConnection(connection_id)
        if model_rows.find_schema_model(connection, connection_id) is not None:
            raise SchemaModelExists


def _grants_file(grants: Sequence[Grant]) -> dict[str, str]:
    """Write the model file that holds the grants; without any there is no file."""
    if not grants:
        return {}
    names = [grant.name for grant in grants]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise BadRequest(f'Bad Request: accessGrants.{number}.name: "{name}" is named twice')
    entries: dict[str, Node] = {grant.name: _table(_grant(grant)) for grant in grants}
    return {"model": write_tree("model", _table({"access_grants": _table(entries)}))}


def _grant(grant: Grant) -> dict[str, Node]:
    said: dict[str, Node] = {}
    if grant.user_attribute is not None:
        said["user_attribute"] = scalar(grant.user_attribute)
    said["allowed_values"] = Items([scalar(value) for value in grant.allowed_values], _NOWHERE, _NOWHERE)
    if grant.access_boostable:
        said["access_boostable"] = scalar(True)
    return said


def _table(entries: dict[str, Node]) -> Table:
    return Table({key: (_NOWHERE, value) for key, value in entries.items()}, _NOWHERE, _NOWHERE)
