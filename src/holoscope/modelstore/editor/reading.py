"""Opening a model for an editor: whoever may read its files."""

from __future__ import annotations

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.stack import Stack, load_stack
from holoscope.query.scope import Permission


def open_stack(store: ModelStore, actor: Actor, model_id: str, branch_id: str | None) -> Stack:
    """Return a model, or a branch of it, with every layer under it; Querier and above.

    Files show what topics, grants and SQL hide elsewhere, so the whole model must be open to the actor.

    Raises:
        NoSuchModel, NoSuchBranchModel: unknown, or none of the actor's business.
        PermissionDenied: the actor may ask topics only, or only look.
    """
    model = store.find_layer(actor, model_id, branch_id)
    if not store.scope_on(actor, model).may(Permission.QUERY_FULL_MODEL):
        raise PermissionDenied
    with store.database.reading() as connection:
        return load_stack(connection, model)
