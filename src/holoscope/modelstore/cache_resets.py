"""Resets of cache policies: from then on, older results are not used again (API digest §3.13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.errors import PermissionDenied
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.modelstore.chain import load_chain
from holoscope.modelstore.history import Authored, record_change
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.query.scope import Permission
from holoscope.storage.tables import cache_resets

LONGEST_POLICY = 255


@dataclass(frozen=True, slots=True)
class CacheReset:
    """The newest reset of one policy of one model."""

    id: str
    model_id: str
    policy_name: str
    reset_at: datetime
    created_at: datetime
    updated_at: datetime


def reset_cache(
    store: ModelStore, actor: Actor, model: StoredModel, policy_name: str, at: datetime | None
) -> CacheReset:
    """Note that results of a policy asked for before `at` (now, unless said) count no more: Modeler.

    Whether the model has such a policy is not checked: it may get one. A reset is never taken back by
    an earlier one.

    Raises:
        PermissionDenied: the role does not cover it.
        BadRequest: `at` lies in the future, or the name is too long.
    """
    if not store.scope_on(actor, model).may(Permission.UPDATE):
        raise PermissionDenied
    if len(policy_name) > LONGEST_POLICY:
        raise BadRequest(f"Bad Request: policyName: at most {LONGEST_POLICY} characters")
    now = store.clock()
    wanted = at or now
    if wanted > now:
        raise BadRequest("resetAt cannot be future dated")
    place = (cache_resets.c.model_id == model.id, cache_resets.c.policy_name == policy_name)
    with store.database.writing() as connection:
        known = connection.execute(select(cache_resets).where(*place)).one_or_none()
        if known is None:
            connection.execute(
                insert(cache_resets).values(
                    id=new_id(),
                    model_id=model.id,
                    policy_name=policy_name,
                    reset_at=wanted,
                    created_at=now,
                    updated_at=now,
                )
            )
        else:
            later = max(wanted, known.reset_at)
            connection.execute(update(cache_resets).where(*place).values(reset_at=later, updated_at=now))
        row = connection.execute(select(cache_resets).where(*place)).one()
        told = {"policyName": policy_name, "resetAt": wire_time(row.reset_at)}
        record_change(connection, model, Action.CACHE_RESET, Authored(now, actor), told)
    return CacheReset(row.id, row.model_id, row.policy_name, row.reset_at, row.created_at, row.updated_at)


def resets_of(store: ModelStore, model: StoredModel) -> Mapping[str, datetime]:
    """Return since when results of each policy count for a model; resets of its base hold for a branch."""
    with store.database.reading() as connection:
        layers = [layer.id for layer in load_chain(connection, model)]
        rows = connection.execute(
            select(cache_resets.c.policy_name, func.max(cache_resets.c.reset_at).label("reset_at"))
            .where(cache_resets.c.model_id.in_(layers))
            .group_by(cache_resets.c.policy_name)
        ).all()
    return {row.policy_name: row.reset_at for row in rows}
