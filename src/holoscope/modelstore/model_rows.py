"""Rows of models and of their present files. Takes the caller's connection, never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from holoscope.storage.tables import model_files, models


class ModelKind(StrEnum):
    """Kinds of stored models (modeling digest §1)."""

    SCHEMA = "SCHEMA"
    SHARED = "SHARED"
    SHARED_EXTENSION = "SHARED_EXTENSION"
    BRANCH = "BRANCH"
    WORKBOOK = "WORKBOOK"
    QUERY = "QUERY"


K = ModelKind
BASES: Mapping[ModelKind, frozenset[ModelKind]] = {
    K.SCHEMA: frozenset(),
    K.SHARED: frozenset({K.SCHEMA}),
    K.SHARED_EXTENSION: frozenset({K.SHARED}),
    K.BRANCH: frozenset({K.SHARED, K.SHARED_EXTENSION}),
    K.WORKBOOK: frozenset({K.SHARED, K.SHARED_EXTENSION, K.BRANCH}),
    K.QUERY: frozenset({K.WORKBOOK}),
}
"""What a model of each kind may stand on."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model without its files: one layer over the layers of its base.

    `version` counts writes, `content_sha256` names the set of files. Roles on `role_model_id` count
    here: a branch, a workbook and a query are as open as the model they come from. `base_version` is
    the version of the base that a branch was last level with.
    """

    id: str
    organization_id: str
    connection_id: str
    base_model_id: str | None
    kind: ModelKind
    name: str | None
    version: int
    content_sha256: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    role_model_id: str = ""
    base_version: int | None = None
    allow_as_workbook_base: bool = True
    uses_isolated_branches: bool = False

    @property
    def token(self) -> tuple[str, int]:
        """Name the state of this layer; it changes with every write."""
        return self.id, self.version


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a model. `layer` is the model that holds it; `sha256` is that of its UTF-8 text."""

    path: str
    text: str
    sha256: str
    layer: str


def checksum(text: str) -> str:
    """Return the SHA-256 of a file's UTF-8 text, in hex."""
    return sha256(text.encode()).hexdigest()


def content_hash(files: Mapping[str, str]) -> str:
    """Return the hash of a set of files: of every path and text, in path order."""
    whole = sha256()
    for path in sorted(files):
        for part in (path, files[path]):
            raw = part.encode()
            whole.update(len(raw).to_bytes(8, "big") + raw)
    return whole.hexdigest()


def insert_model(connection: Connection, model: StoredModel) -> None:
    connection.execute(
        insert(models).values(
            id=model.id,
            organization_id=model.organization_id,
            connection_id=model.connection_id,
            base_model_id=model.base_model_id,
            role_model_id=None if model.role_model_id in ("", model.id) else model.role_model_id,
            kind=model.kind.value,
            version=model.version,
            base_version=model.base_version,
            content_sha256=model.content_sha256,
            allow_as_workbook_base=model.allow_as_workbook_base,
            uses_isolated_branches=model.uses_isolated_branches,
            created_at=model.created_at,
            updated_at=model.updated_at,
            **_named(model.name),
        )
    )


def rename_model(connection: Connection, model: StoredModel, name: str, at: datetime) -> StoredModel:
    connection.execute(update(models).where(models.c.id == model.id).values(updated_at=at, **_named(name)))
    return replace(model, name=name, updated_at=at)


def put_files(connection: Connection, model: StoredModel, changes: Mapping[str, str | None]) -> None:
    """Set the text of some files of a model; None takes a file away."""
    connection.execute(
        delete(model_files).where(model_files.c.model_id == model.id, model_files.c.path.in_(list(changes)))
    )
    rows = [
        {"model_id": model.id, "path": path, "text": text, "sha256": checksum(text)}
        for path, text in changes.items()
        if text is not None
    ]
    if rows:
        connection.execute(insert(model_files), rows)


def put_state(connection: Connection, model: StoredModel) -> None:
    """Write version, hash, base version and time of a model."""
    connection.execute(
        update(models)
        .where(models.c.id == model.id)
        .values(
            version=model.version,
            content_sha256=model.content_sha256,
            base_version=model.base_version,
            updated_at=model.updated_at,
        )
    )


def find_row(connection: Connection, model_id: str) -> StoredModel | None:
    """Find a model that is not deleted, in any organization."""
    row = connection.execute(
        select(models).where(models.c.id == model_id, models.c.deleted_at.is_(None))
    ).one_or_none()
    return None if row is None else model_of(row)


def find_schema_model(connection: Connection, connection_id: str) -> StoredModel | None:
    """Find the one SCHEMA model of a connection."""
    row = connection.execute(
        select(models).where(
            models.c.connection_id == connection_id,
            models.c.kind == ModelKind.SCHEMA.value,
            models.c.deleted_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else model_of(row)


def find_standing_on(connection: Connection, base_model_id: str) -> list[StoredModel]:
    """Find the models right above a model, oldest first."""
    rows = connection.execute(
        select(models)
        .where(models.c.base_model_id == base_model_id, models.c.deleted_at.is_(None))
        .order_by(models.c.created_at, models.c.id)
    )
    return [model_of(row) for row in rows]


def load_bases(connection: Connection, model: StoredModel) -> tuple[StoredModel, ...]:
    """Return a model and those it stands on, lowest first, the model itself last."""
    chain = [model]
    while chain[0].base_model_id is not None:
        row = connection.execute(select(models).where(models.c.id == chain[0].base_model_id)).one()
        chain.insert(0, model_of(row))
    return tuple(chain)


def load_own_files(connection: Connection, model_id: str) -> dict[str, StoredFile]:
    """Read the files that a model itself holds, in the order of their paths."""
    rows = connection.execute(
        select(model_files).where(model_files.c.model_id == model_id).order_by(model_files.c.path)
    )
    return {row.path: StoredFile(row.path, row.text, row.sha256, row.model_id) for row in rows}


def model_of(row: Row[Any]) -> StoredModel:
    return StoredModel(
        id=row.id,
        organization_id=row.organization_id,
        connection_id=row.connection_id,
        base_model_id=row.base_model_id,
        kind=ModelKind(row.kind),
        name=row.name,
        version=row.version,
        content_sha256=row.content_sha256,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        role_model_id=row.role_model_id or row.id,
        base_version=row.base_version,
        allow_as_workbook_base=row.allow_as_workbook_base,
        uses_isolated_branches=row.uses_isolated_branches,
    )


def _named(name: str | None) -> dict[str, str | None]:
    return {"name": name, "name_key": None if name is None else name.casefold()}
