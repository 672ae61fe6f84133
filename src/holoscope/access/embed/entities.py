"""A tenant of the embedding application: its group, and the folder that only it sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from holoscope.access.embed.parameters import EmbedParameters
from holoscope.access.people import Group, group_of
from holoscope.access.people_groups import create_group
from holoscope.access.people_users import fold
from holoscope.kit.ids import new_id
from holoscope.storage.tables import content_permits, folders, groups

FOLDER_PATH = "omni-system-sso-embed-entity-folder-"
_DEFAULT_GROUP_ROLE = "VIEWER"


def ensure_entity_group(
    connection: Connection, organization_id: str, said: EmbedParameters, at: datetime
) -> Group:
    """Return the group of `said.entity`, made or renamed as its label says."""
    assert said.entity is not None  # noqa: S101  (the caller looked)
    row = connection.execute(
        select(groups).where(
            groups.c.organization_id == organization_id, groups.c.embed_entity == said.entity
        )
    ).one_or_none()
    if row is None:
        name = _free_name(
            connection, organization_id, said.entity_group_label or humanised(said.entity), said.entity
        )
        group = create_group(connection, organization_id, name, at)
        connection.execute(update(groups).where(groups.c.id == group.id).values(embed_entity=said.entity))
        return group
    if said.entity_group_label and fold(said.entity_group_label) != row.name_key:
        name = _free_name(connection, organization_id, said.entity_group_label, said.entity)
        connection.execute(
            update(groups).where(groups.c.id == row.id).values(name=name, name_key=fold(name), updated_at=at)
        )
    return group_of(row)


def ensure_entity_folder(
    connection: Connection,
    organization_id: str,
    said: EmbedParameters,
    *,
    group_id: str,
    membership_id: str,
    at: datetime,
) -> None:
    """Make the folder of `said.entity` if there is none, and give group and member their roles on it."""
    label = said.entity_folder_label
    row = connection.execute(
        select(folders.c.id, folders.c.name).where(
            folders.c.organization_id == organization_id, folders.c.embed_entity == said.entity
        )
    ).one_or_none()
    folder_id = new_id() if row is None else row.id
    if row is None:
        connection.execute(
            insert(folders).values(
                id=folder_id,
                organization_id=organization_id,
                name=label or humanised(str(said.entity)),
                path=f"{FOLDER_PATH}{said.entity}",
                scope="organization",
                embed_entity=said.entity,
                created_at=at,
                updated_at=at,
            )
        )
    elif label and label != row.name:
        connection.execute(update(folders).where(folders.c.id == folder_id).values(name=label, updated_at=at))
    _permit(
        connection,
        folder_id,
        said.entity_folder_group_content_role,
        default=_DEFAULT_GROUP_ROLE,
        group_id=group_id,
    )
    keeps = bool(said.preserve_entity_folder_content_role)
    _permit(connection, folder_id, said.entity_folder_content_role, keeps=keeps, membership_id=membership_id)


def humanised(key: str) -> str:
    """Return how a key reads: `tottenham_hotspur` as Tottenham Hotspur."""
    words = key.replace("_", " ").replace("-", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or key


def _free_name(connection: Connection, organization_id: str, wanted: str, entity: str) -> str:
    """Return `wanted`, told apart by the entity when a group of somebody else has the name."""
    taken = connection.execute(
        select(groups.c.embed_entity).where(
            groups.c.organization_id == organization_id, groups.c.name_key == fold(wanted)
        )
    ).first()
    return wanted if taken is None or taken.embed_entity == entity else f"{wanted} ({entity})"


def _permit(
    connection: Connection,
    folder_id: str,
    role: str | None,
    *,
    default: str | None = None,
    keeps: bool = False,
    membership_id: str | None = None,
    group_id: str | None = None,
) -> None:
    """Set a role on a folder; without one, `default` where there is none yet. `keeps` what is there."""
    holder = (
        content_permits.c.group_id == group_id
        if membership_id is None
        else content_permits.c.membership_id == membership_id
    )
    same = (content_permits.c.folder_id == folder_id, holder)
    present = connection.execute(select(content_permits.c.role).where(*same)).scalar_one_or_none()
    if present is None and (role or default):
        connection.execute(
            insert(content_permits).values(
                id=new_id(),
                folder_id=folder_id,
                membership_id=membership_id,
                group_id=group_id,
                role=role or default,
            )
        )
    elif present is not None and role and role != present and not keeps:
        connection.execute(update(content_permits).where(*same).values(role=role))
