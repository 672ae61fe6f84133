"""Every write of a model's files, with its author, message and time. Nothing here is ever changed.

Each one is an event of the audit log too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, select

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail, record
from holoscope.modelstore import model_rows
from holoscope.modelstore.model_rows import StoredFile, StoredModel, checksum, content_hash
from holoscope.storage.tables import memberships, model_file_versions, model_versions, users

_MOST_PATHS = 50


@dataclass(frozen=True, slots=True)
class Authored:
    """Who writes, when and why; no actor means the server itself."""

    at: datetime
    actor: Actor | None = None
    message: str | None = None

    @property
    def membership_id(self) -> str | None:
        return None if self.actor is None else self.actor.membership_id


@dataclass(frozen=True, slots=True)
class Version:
    """One write: the paths it changed, and those of them that it took away."""

    version: int
    created_at: datetime
    author_id: str | None
    author_name: str | None
    message: str | None
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def begin_history(connection: Connection, model: StoredModel, files: Mapping[str, str], by: Authored) -> None:
    """Write the first version of a model that was just inserted."""
    _record(connection, model, files, by)
    model_rows.put_files(connection, model, files)
    told: dict[str, Detail] = {"baseModelId": model.base_model_id, "files": len(files)}
    record_change(connection, model, Action.MODEL_CREATE, by, told)


def write_files(
    connection: Connection, model: StoredModel, changes: Mapping[str, str | None], by: Authored
) -> StoredModel:
    """Set the text of some files (None takes one away) and return the model as it is then.

    What is the same already is no change; without any change there is no new version.
    """
    before = {path: file.text for path, file in model_rows.load_own_files(connection, model.id).items()}
    real = {path: text for path, text in changes.items() if before.get(path) != text}
    if not real:
        return model
    after = {path: text for path, text in {**before, **real}.items() if text is not None}
    written = replace(model, version=model.version + 1, content_sha256=content_hash(after), updated_at=by.at)
    model_rows.put_files(connection, written, real)
    model_rows.put_state(connection, written)
    _record(connection, written, real, by)
    paths = sorted(real)
    told: dict[str, Detail] = {"version": written.version, "files": len(paths), "paths": paths[:_MOST_PATHS]}
    record_change(connection, written, Action.MODEL_UPDATE, by, told)
    return written


def record_change(
    connection: Connection,
    model: StoredModel,
    action: Action,
    by: Authored,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Tell the audit log of something done to a model, in the transaction that does it."""
    record(
        connection,
        model.organization_id,
        action,
        actor=by.actor,
        object_type="model",
        object_id=model.id,
        details={"kind": model.kind.value, "name": model.name, **(details or {})},
        at=by.at,
    )


def load_versions(connection: Connection, model_id: str) -> tuple[Version, ...]:
    """Return every write of a model, newest first, without texts."""
    changed: dict[int, list[str]] = {}
    removed: dict[int, list[str]] = {}
    files = model_file_versions
    for row in connection.execute(
        select(files.c.version, files.c.path, files.c.text.is_(None).label("gone"))
        .where(files.c.model_id == model_id)
        .order_by(files.c.path)
    ):
        (removed if row.gone else changed).setdefault(row.version, []).append(row.path)
    rows = connection.execute(
        select(model_versions, users.c.name)
        .outerjoin(memberships, memberships.c.id == model_versions.c.membership_id)
        .outerjoin(users, users.c.id == memberships.c.user_id)
        .where(model_versions.c.model_id == model_id)
        .order_by(model_versions.c.version.desc())
    )
    return tuple(
        Version(
            version=row.version,
            created_at=row.created_at,
            author_id=row.membership_id,
            author_name=row.name,
            message=row.message,
            changed=tuple(changed.get(row.version, ())),
            removed=tuple(removed.get(row.version, ())),
        )
        for row in rows
    )


def load_files_at(connection: Connection, model_id: str, version: int) -> dict[str, StoredFile]:
    """Return the files that a model itself held at a version; the newest before it for a gap."""
    files = model_file_versions
    newest = (
        select(files.c.path, func.max(files.c.version).label("version"))
        .where(files.c.model_id == model_id, files.c.version <= version)
        .group_by(files.c.path)
        .subquery()
    )
    rows = connection.execute(
        select(files)
        .join(newest, and_(files.c.path == newest.c.path, files.c.version == newest.c.version))
        .where(files.c.model_id == model_id, files.c.text.is_not(None))
        .order_by(files.c.path)
    )
    return {row.path: StoredFile(row.path, row.text, row.sha256, model_id) for row in rows}


def _record(
    connection: Connection, model: StoredModel, changes: Mapping[str, str | None], by: Authored
) -> None:
    connection.execute(
        insert(model_versions).values(
            model_id=model.id,
            version=model.version,
            membership_id=by.membership_id,
            message=by.message,
            created_at=by.at,
        )
    )
    rows = [
        {
            "model_id": model.id,
            "version": model.version,
            "path": path,
            "text": text,
            "sha256": None if text is None else checksum(text),
        }
        for path, text in changes.items()
    ]
    if rows:
        connection.execute(insert(model_file_versions), rows)
