"""Everything a query needs to be asked, gathered once and remembered for a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.queue import Noted
from holoscope.access.errors import PermissionDenied
from holoscope.access.impersonation import impersonate
from holoscope.access.verdicts import Verdicts
from holoscope.http.ports import Services
from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.model import Model
from holoscope.modelstore.cache_resets import resets_of
from holoscope.modelstore.connections import USER_ZONES, StoredConnection
from holoscope.modelstore.environment_choice import Asker, choose_connection
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.routed import load_for
from holoscope.query.scope import Permission, Scope
from holoscope.runs.registry import Job


@dataclass(frozen=True, slots=True)
class Asked:
    """A model and the proof of what one actor may see of it; `warehouse` is where it is answered.

    `connection_id` is that warehouse's connection: the model's own, or the environment of the actor.
    `allows_time_zones`: the connection lets a query say its own time zone.
    `resets` says for each cache policy that was reset since when results count.
    """

    organization_id: str
    scope: Scope
    model: Model
    warehouse: Any
    resets: Mapping[str, datetime]
    connection_id: str
    allows_time_zones: bool = False


class Asking:
    """Gathers what queries need. What was gathered counts as long as a key's verdict does.

    So a change of role, attribute, model or connection shows at once in this process, and within
    `verdicts.MAX_AGE` when another process made it.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: Verdicts[tuple[str | None, ...], Asked] = Verdicts(services.database)

    async def gather(
        self,
        actor: Actor,
        model_id: str,
        *,
        user_id: str | None,
        branch_id: str | None,
        environment_id: str | None = None,
    ) -> Asked:
        """Return what is needed to ask a model as `actor`, or as the member `user_id`.

        Raises:
            PermissionDenied: the role on the model does not cover queries.
            OnlyOneself, NoSuchUser: `user_id` cannot be acted as.
            NoSuchModel, NoSuchBranchModel, NoSuchEnvironment: there is none within reach.
            EnvironmentUnset, EnvironmentAmbiguous, EnvironmentGone: no one database is theirs.
            WarehouseError: the connection cannot be opened.
        """

        def make() -> Asked:
            return self._gather(actor, model_id, user_id, branch_id, environment_id)

        key = (actor.credential_id, actor.membership_id, model_id, user_id, branch_id, environment_id)
        known = self._known.find(key)
        return await run_in_threadpool(self._known.load, key, make) if known is None else known

    async def may_collect(self, actor: Actor, job: Job) -> bool:
        """Tell whether an actor may have the answer of a job of their organization (decision 0071).

        It is theirs when they asked it with the same key or as the same member; an organization's key
        acts as any member. Whoever it was asked as must see the same as when it was asked.
        """
        asked = job.request
        is_own = asked.asker == actor.credential_id or asked.member == actor.membership_id
        if not is_own and not actor.has_organization_key:
            return False
        user_id = None if asked.member == actor.membership_id else asked.member
        try:
            now = await self.gather(
                actor,
                asked.model_id,
                user_id=user_id,
                branch_id=asked.branch_id,
                environment_id=asked.environment_id,
            )
        except HoloscopeError:
            return False
        return now.scope == job.scope and now.connection_id == asked.connection_id

    def _gather(
        self,
        actor: Actor,
        model_id: str,
        user_id: str | None,
        branch_id: str | None,
        environment_id: str | None,
    ) -> Asked:
        called = self._services
        if user_id is not None:
            acting, actor = actor, impersonate(called.database, actor, user_id)
            if called.audit is not None and actor.impersonated_by is not None:
                called.audit.add(_impersonation(acting, actor))
        stored = called.models.find_layer(actor, model_id, branch_id)
        scope = called.models.scope_on(actor, stored)
        if not scope.may(Permission.QUERY_TOPICS):
            raise PermissionDenied
        runs_on = connection_for(called, actor, stored, scope, environment_id)
        return Asked(
            organization_id=actor.organization_id,
            scope=scope,
            warehouse=called.warehouse_of(runs_on.id, runs_on.revision),
            model=load_for(called.compiler, called.database, stored, scope, runs_on.id),
            resets=resets_of(called.models, stored),
            connection_id=runs_on.id,
            allows_time_zones=runs_on.settings.get(USER_ZONES) is True,
        )


def connection_for(
    called: Services, actor: Actor, model: StoredModel, scope: Scope, environment_id: str | None = None
) -> StoredConnection:
    """Return the connection on which an actor's queries of a model run; raises as `choose_connection`."""
    asker = Asker(actor.organization_id, scope.attributes, called.scopes.roles_of(actor))
    with called.database.reading() as connection:
        return choose_connection(connection, model.connection_id, asker, environment_id)


def _impersonation(acting: Actor, actor: Actor) -> Noted:
    """Return the event of an organization key that begins to act as another member."""
    return Noted(
        organization_id=acting.organization_id,
        action=Action.USER_IMPERSONATE,
        membership_id=acting.membership_id,
        credential_kind=acting.credential_kind.value,
        credential_id=acting.credential_id,
        object_type="user",
        object_id=actor.membership_id,
    )
