"""Writing a model's files: all of a write or nothing, checked, on the state it was prepared for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied
from holoscope.modelstore import model_rows
from holoscope.modelstore.chain import load_chain
from holoscope.modelstore.errors import ModelBusy, NoSuchModel, SchemaModelsAreMirrors
from holoscope.modelstore.history import Authored, write_files
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.stack import Stack, load_stack, token_of
from holoscope.query.scope import Permission

Changes = Mapping[str, str | None]
ATTEMPTS = 20


def writable_layer(store: ModelStore, actor: Actor, model_id: str, branch_id: str | None) -> StoredModel:
    """Return the model or branch to be written: Modeler.

    Raises:
        NoSuchModel, NoSuchBranchModel: unknown, or out of reach.
        PermissionDenied: the role does not cover it.
        SchemaModelsAreMirrors: a SCHEMA model.
    """
    model = store.find_layer(actor, model_id, branch_id)
    if not store.scope_on(actor, model).may(Permission.UPDATE):
        raise PermissionDenied
    if model.kind is ModelKind.SCHEMA:
        raise SchemaModelsAreMirrors
    return model


def edit(
    store: ModelStore,
    actor: Actor,
    model: StoredModel,
    prepare: Callable[[Stack], Changes],
    *,
    message: str | None = None,
) -> Stack:
    """Write the changes that `prepare` finds for the present state, and return the state after them.

    `prepare` reads, judges and may refuse; it runs outside the write and again when another write, to
    any layer of the model, came in between. So what it judged is what is stored upon.

    Raises:
        NoSuchModel: deleted meanwhile.
        ModelBusy: others came in between every time.
    """
    for _ in range(ATTEMPTS):
        with store.database.reading() as connection:
            present = model_rows.find_row(connection, model.id)
            if present is None:
                raise NoSuchModel(model.id)
            stack = load_stack(connection, present)
        changes = prepare(stack)
        with store.database.writing() as connection:
            fresh = model_rows.find_row(connection, model.id)
            if fresh is None or token_of(load_chain(connection, fresh)) != stack.token:
                continue
            by = Authored(store.clock(), actor, message)
            written = write_files(connection, stack.model, changes, by)
        after = stack.changed(changes)
        return Stack((*after.chain[:-1], written), after.files)
    raise ModelBusy
