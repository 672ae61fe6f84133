"""Opening a model for an editor: whoever may read its files."""

from __future__ import annotations

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.stack import Stack, load_stack
from holoscope.query.scope import Permission


def find_readable(store: ModelStore, actor: Actor, model_id: str, branch_id: str | None) -> StoredModel:
    """Find a model, or a branch of it, whose files the actor may read: Querier and above.

    Files show what topics, grants and SQL hide elsewhere, so the whole model must be open to the actor,
    and the SQL in it.

    Raises:
        NoSuchModel, NoSuchBranchModel: unknown, or none of the actor's business.
        PermissionDenied: the actor may ask topics only, or only look, or see no SQL.
    """
    model = store.find_layer(actor, model_id, branch_id)
    scope = store.scope_on(actor, model)
    if not (scope.may(Permission.QUERY_FULL_MODEL) and scope.may(Permission.VIEW_SQL)):
        raise PermissionDenied
    return model


def open_stack(store: ModelStore, actor: Actor, model_id: str, branch_id: str | None) -> Stack:
    """Return a model, or a branch of it, with every layer under it.

    Raises:
        NoSuchModel, NoSuchBranchModel: unknown, or none of the actor's business.
        PermissionDenied: see `find_readable`.
    """
    model = find_readable(store, actor, model_id, branch_id)
    with store.database.reading() as connection:
        return load_stack(connection, model)
