"""Making models: which kind may stand on which, and what they may be called (API digest §3.13)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.modelstore import model_rows
from holoscope.modelstore.errors import (
    NameTaken,
    NoSuchConnection,
    NoSuchModel,
    SchemaModelExists,
    SchemaModelMissing,
)
from holoscope.modelstore.history import Authored, begin_history
from holoscope.modelstore.model_rows import BASES, ModelKind, StoredModel, content_hash
from holoscope.storage.tables import connections

LONGEST_NAME = 255
_BRANCH_NAME = re.compile(r"[A-Za-z0-9_\-]+(/[A-Za-z0-9_\-]+)*")
_OWN_ROLES = {ModelKind.SCHEMA, ModelKind.SHARED, ModelKind.SHARED_EXTENSION}


@dataclass(frozen=True, slots=True)
class WantedModel:
    """A model to be made. SCHEMA has no base, SHARED stands on the connection's SCHEMA model unasked."""

    connection_id: str
    kind: ModelKind
    name: str | None = None
    base_model_id: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    allow_as_workbook_base: bool = True
    uses_isolated_branches: bool = False
    unique_name: bool = False


def add_model(connection: Connection, wanted: WantedModel, by: Authored) -> StoredModel:
    """Insert a model with its first version.

    Raises:
        NoSuchConnection: unknown or deleted.
        SchemaModelExists, SchemaModelMissing: the connection's SCHEMA model is in the way or wanting.
        NoSuchModel: the base is unknown or deleted.
        BadRequest: the base is of the wrong kind or connection, or the name cannot be used.
    """
    organization_id = connection.execute(
        select(connections.c.organization_id).where(
            connections.c.id == wanted.connection_id, connections.c.deleted_at.is_(None)
        )
    ).scalar_one_or_none()
    if organization_id is None:
        raise NoSuchConnection(wanted.connection_id)
    base = _base_of(connection, wanted)
    if wanted.kind is ModelKind.BRANCH or wanted.unique_name:
        check_name(connection, wanted.kind, base, wanted.name)
    id_ = new_id()
    model = StoredModel(
        id=id_,
        organization_id=organization_id,
        connection_id=wanted.connection_id,
        base_model_id=None if base is None else base.id,
        kind=wanted.kind,
        name=wanted.name,
        version=1,
        content_sha256=content_hash(wanted.files),
        created_at=by.at,
        updated_at=by.at,
        role_model_id=id_ if base is None or wanted.kind in _OWN_ROLES else base.role_model_id,
        base_version=None if base is None or wanted.kind in _OWN_ROLES else base.version,
        allow_as_workbook_base=wanted.allow_as_workbook_base,
        uses_isolated_branches=wanted.uses_isolated_branches,
    )
    model_rows.insert_model(connection, model)
    begin_history(connection, model, wanted.files, by)
    return model


def check_name(
    connection: Connection,
    kind: ModelKind,
    base: StoredModel | None,
    name: str | None,
    *,
    present: StoredModel | None = None,
    key: str = "modelName",
) -> None:
    """Refuse a name that a model of this kind on this base cannot have; `present` is the one renamed.

    Raises:
        BadRequest: empty, too long, no branch name, or in the way of another branch's.
        NameTaken: another model has it, letter case ignored.
    """
    if not name or not name.strip():
        raise BadRequest(f"Bad Request: {key}: Required")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(f"Bad Request: {key}: at most {LONGEST_NAME} characters, none of them invisible")
    is_branch = kind is ModelKind.BRANCH
    if is_branch and not _BRANCH_NAME.fullmatch(name):
        raise BadRequest(
            f"Bad Request: {key}: a branch name has letters, digits, _ and -, and / between its parts"
        )
    if base is None:
        return
    folded = name.casefold()
    for other in model_rows.find_standing_on(connection, base.id):
        if other.kind is not kind or other.name is None or (present is not None and other.id == present.id):
            continue
        taken = other.name.casefold()
        if taken == folded:
            raise NameTaken("branch" if is_branch else "model", name)
        if is_branch and (taken.startswith(f"{folded}/") or folded.startswith(f"{taken}/")):
            raise BadRequest(
                f'Bad Request: {key}: "{name}" and the branch "{other.name}" cannot both exist: '
                "one would be a folder of the other"
            )


def _base_of(connection: Connection, wanted: WantedModel) -> StoredModel | None:
    schema_model = model_rows.find_schema_model(connection, wanted.connection_id)
    if wanted.kind is ModelKind.SCHEMA:
        if schema_model is not None:
            raise SchemaModelExists
        return None
    if schema_model is None:
        raise SchemaModelMissing
    if wanted.base_model_id is None:
        if wanted.kind is ModelKind.SHARED:
            return schema_model
        raise BadRequest("Bad Request: baseModelId: Required")
    base = model_rows.find_row(connection, wanted.base_model_id)
    if base is None:
        raise NoSuchModel(wanted.base_model_id)
    if base.connection_id != wanted.connection_id:
        raise BadRequest("Bad Request: baseModelId: the base model belongs to another connection")
    if base.kind not in BASES[wanted.kind]:
        allowed = " or ".join(sorted(BASES[wanted.kind]))
        raise BadRequest(
            f"Bad Request: baseModelId: a {wanted.kind} model stands on {allowed}, not on {base.kind}"
        )
    return base
