"""`GET /v1/whoami`: who the key acts as, and what it may do with each model (API digest §2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from holoscope.access.actors import Actor
from holoscope.access.scope import Scopes
from holoscope.access.verdicts import Verdicts
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.kit.ids import is_uuid
from holoscope.storage.tables import connections, models
from holoscope.storage.unit_of_work import Database

MOST_MODELS = 200


class WhoAmI:
    """Builds the answer. Safe between threads; an answer is remembered for `verdicts.MAX_AGE`."""

    def __init__(self, database: Database, scopes: Scopes) -> None:
        self._database = database
        self._scopes = scopes
        self._answers: Verdicts[tuple[Actor, tuple[str, ...]], dict[str, Any]] = Verdicts(database)

    def answer(self, actor: Actor, model_ids: Sequence[str] = ()) -> dict[str, Any]:
        """Return the wire body; do not change it, it is shared. Blocks on a read now and then.

        A custom role is named in `roleName`, and `baseRole` is its tier.

        Without `model_ids` it covers the shared models the actor has a role on, 200 at most.

        Raises:
            BadRequest: a model id is no UUID.
            NotFound: a named model is unknown, not a shared one, or out of the actor's reach.
        """
        wanted = wanted_models(model_ids)
        return self._answers.load((actor, wanted), lambda: self._build(actor, wanted))

    def find_remembered(self, actor: Actor, model_ids: Sequence[str] = ()) -> dict[str, Any] | None:
        """Return the answer if it is remembered; no I/O. None means: ask `answer`, on a thread."""
        return self._answers.find((actor, wanted_models(model_ids)))

    def _build(self, actor: Actor, wanted: tuple[str, ...]) -> dict[str, Any]:
        roles = self._scopes.roles_of(actor)
        by_model: dict[str, Any] = {}
        for model_id, connection_id in self._shared_models(actor, wanted):
            held = roles.held_on(model_id, connection_id)
            if held.is_access:
                by_model[model_id] = {
                    "roleName": held.name,
                    "baseRole": held.role.value,
                    "connectionId": connection_id,
                    "permissions": sorted(held.permissions),
                }
        lacking = [model_id for model_id in wanted if model_id not in by_model]
        if lacking:
            raise NotFound(f"Model(s) not found: {', '.join(lacking)}")
        kept = dict(list(by_model.items())[:MOST_MODELS])
        return {
            "user": {"id": actor.user_id, "membershipId": actor.membership_id},
            "keyScope": "organization" if actor.has_organization_key else "user",
            "orgRole": actor.org_role.value,
            "rolesByModel": kept,
            "rolesByModelTruncated": len(by_model) > len(kept),
        }

    def _shared_models(self, actor: Actor, wanted: tuple[str, ...]) -> list[tuple[str, str]]:
        rows = (
            select(models.c.id, models.c.connection_id)
            .join(connections, connections.c.id == models.c.connection_id)
            .where(
                models.c.organization_id == actor.organization_id,
                models.c.kind.in_(("SHARED", "SHARED_EXTENSION")),
                models.c.deleted_at.is_(None),
                connections.c.deleted_at.is_(None),
            )
            .order_by(models.c.created_at, models.c.id)
        )
        if wanted:
            rows = rows.where(models.c.id.in_(wanted))
        with self._database.reading() as connection:
            return [(row.id, row.connection_id) for row in connection.execute(rows)]


def wanted_models(model_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the model ids asked for, each once; an element may hold several, separated by commas.

    Raises:
        BadRequest: one of them is no UUID.
    """
    if not model_ids:
        return ()
    found = [part.strip().lower() for text in model_ids for part in text.split(",")]
    found = [part for part in found if part]
    if not all(is_uuid(part) for part in found):
        raise BadRequest("Bad Request: modelId: Invalid uuid")
    return tuple(dict.fromkeys(found))
