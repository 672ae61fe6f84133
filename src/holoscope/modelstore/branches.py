"""Merging a branch into the model it branches from (modeling digest §19.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.errors import PermissionDenied
from holoscope.modeling.combine import combine, delta_text
from holoscope.modeling.layers import LogicalFile, lay
from holoscope.modelstore import history, model_rows
from holoscope.modelstore.chain import load_chain
from holoscope.modelstore.editing import ATTEMPTS, Changes
from holoscope.modelstore.errors import MergeConflict, ModelBusy, NoSuchBranch
from holoscope.modelstore.history import Authored, record_change, write_files
from holoscope.modelstore.managing import find_branch, trash
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.saving import check_saved
from holoscope.modelstore.shown import own_files
from holoscope.modelstore.stack import Stack, load_stack, token_of
from holoscope.modelstore.three_way import find_conflicts
from holoscope.query.scope import Permission

_MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Merge:
    """How to merge. Without a message the branch's name is the message."""

    message: str | None = None
    delete_branch: bool = False
    override_git_settings: bool = False


@dataclass(frozen=True, slots=True)
class _Prepared:
    stack: Stack
    changes: Changes


def merge_branch(store: ModelStore, actor: Actor, model_id: str, branch_name: str, how: Merge) -> StoredModel:
    """Put everything the branch says into its base, in one write, and return the base as it is then.

    The branch stays, empty and level with its base, unless it is to be deleted.

    Raises:
        NoSuchModel, NoSuchBranch: unknown, or out of reach.
        PermissionDenied: no Modeler, or settings are to be overridden by no Connection Admin.
        MergeConflict: both changed one thing in two ways; each is named. Nothing was stored.
        InvalidModelFile: what would come out must not be saved. Nothing was stored.
        ModelBusy: others kept writing.
    """
    model = store.find_model(actor, model_id)
    scope = store.scope_on(actor, model)
    if not scope.may(Permission.UPDATE):
        raise PermissionDenied
    if how.override_git_settings and not scope.may(Permission.MANAGE_MODEL):
        raise PermissionDenied
    for _ in range(ATTEMPTS):
        with store.database.reading() as connection:
            ready = _prepare(connection, find_branch(connection, model, branch_name))
        with store.database.writing() as connection:
            branch = model_rows.find_row(connection, ready.stack.model.id)
            if branch is None:
                raise NoSuchBranch
            if token_of(load_chain(connection, branch)) != ready.stack.token:
                continue
            message = how.message or f"Merge branch {branch.name}"
            by = Authored(store.clock(), actor, message)
            merged = write_files(connection, ready.stack.chain[-2], ready.changes, by)
            told = {"branchId": branch.id, "branchName": branch.name, "version": merged.version}
            record_change(connection, merged, Action.MODEL_MERGE, by, told)
            if how.delete_branch:
                trash(connection, branch, by)
            else:
                emptied = write_files(connection, branch, dict.fromkeys(ready.stack.own), by)
                model_rows.put_state(connection, replace(emptied, base_version=merged.version))
        return merged
    raise ModelBusy


def _prepare(connection: Connection, branch: StoredModel) -> _Prepared:
    stack = load_stack(connection, branch)
    own = own_files(lay(stack.layers()), branch.id)
    found = conflicts_of(connection, stack)
    if found:
        told = "\n".join(found[:_MOST_TOLD])
        raise MergeConflict(f"The branch and the model changed the same in different ways:\n{told}")
    changes: dict[str, str | None] = {}
    for path, file in own.items():
        key, text = _merged(stack, path, file)
        changes[key] = text
    check_saved(stack.base().changed(changes), changes)
    return _Prepared(stack, changes)


def conflicts_of(connection: Connection, stack: Stack) -> list[str]:
    """Name what a branch and its base both changed, and not to the same, since they were level."""
    branch, base = stack.chain[-1], stack.chain[-2]
    then = history.load_files_at(connection, base.id, branch.base_version or base.version)
    before = stack.below_with({path: file.text for path, file in then.items()})
    touched = {(file.kind, file.name) for file in own_files(lay(stack.layers()), branch.id).values()}
    return find_conflicts(before, stack.below(), (*before, stack.layers()[-1]), touched)


def _merged(stack: Stack, path: str, file: LogicalFile) -> tuple[str, str | None]:
    """Return where the base keeps a file, and the text there that says what the branch says."""
    base_id = stack.chain[-2].id
    place = next((piece.origin.file for piece in file.pieces if piece.origin.layer == base_id), path)
    whole, problems = combine(file)
    if problems or whole is None:
        raise MergeConflict(f"{path}: {problems[0] if problems else 'it is empty'}")
    under = {layer.name for layer in stack.layers()[:-2]}
    if not any(piece.origin.layer in under for piece in file.pieces):
        return place, whole
    text, problems = delta_text(whole, stack.layers()[:-2], file.key)
    if problems:
        raise MergeConflict(f"{path}: {problems[0]}")
    return place, text or None
