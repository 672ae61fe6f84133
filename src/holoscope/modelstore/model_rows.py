"""Rows of models and their files. Takes the caller's connection, never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from holoscope.storage.tables import model_files, models


class ModelKind(StrEnum):
    """Kinds of models that are stored. The wire knows more; none of those exists here yet."""

    SCHEMA = "SCHEMA"
    SHARED = "SHARED"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model without its files. `version` counts writes, `content_sha256` names the set of files."""

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


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a model. `layer` is the model that holds it; `sha256` is that of its UTF-8 text."""

    path: str
    text: str
    sha256: str
    layer: str


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
            kind=model.kind.value,
            name=model.name,
            name_key=None if model.name is None else model.name.casefold(),
            version=model.version,
            content_sha256=model.content_sha256,
            created_at=model.created_at,
            updated_at=model.updated_at,
        )
    )


def store_files(connection: Connection, model_id: str, files: Mapping[str, str]) -> None:
    """Make these the files of the model, all of them."""
    connection.execute(delete(model_files).where(model_files.c.model_id == model_id))
    rows = [
        {"model_id": model_id, "path": path, "text": text, "sha256": sha256(text.encode()).hexdigest()}
        for path, text in files.items()
    ]
    if rows:
        connection.execute(insert(model_files), rows)


def bump_version(connection: Connection, model_id: str, content_sha256: str, at: datetime) -> None:
    connection.execute(
        update(models)
        .where(models.c.id == model_id)
        .values(version=models.c.version + 1, content_sha256=content_sha256, updated_at=at)
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


def load_files(connection: Connection, model: StoredModel, *, combined: bool) -> dict[str, StoredFile]:
    """Read the files of a model by path; `combined` puts those of its base below.

    A file of the model stands in for the base's file at the same path, as a whole.
    """
    layers = [model.id]
    if combined and model.base_model_id is not None:
        layers.insert(0, model.base_model_id)
    rows = connection.execute(
        select(model_files).where(model_files.c.model_id.in_(layers)).order_by(model_files.c.path)
    ).all()
    found: dict[str, StoredFile] = {}
    for row in rows:
        if row.path not in found or row.model_id == model.id:
            found[row.path] = StoredFile(row.path, row.text, row.sha256, row.model_id)
    return found


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
    )
