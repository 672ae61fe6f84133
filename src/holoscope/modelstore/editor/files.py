"""The files of a model by layer, and what a branch changes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holoscope.access.actors import Actor
from holoscope.kit.errors import BadRequest
from holoscope.modeling.layers import kind_of
from holoscope.modelstore.branches import conflicts_of
from holoscope.modelstore.editor.reading import open_stack
from holoscope.modelstore.model_rows import ModelKind, StoredModel, checksum
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.shown import show
from holoscope.modelstore.stack import Stack
from holoscope.modelstore.yaml_writes import TOMBSTONE


@dataclass(frozen=True, slots=True)
class LayerFile:
    """One file of one layer; `kind` is what it holds, None for a name that no file of a model has."""

    path: str
    kind: str | None
    checksum: str
    size: int


@dataclass(frozen=True, slots=True)
class FilesOfLayer:
    model: StoredModel
    files: tuple[LayerFile, ...]


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file as all layers show it, without and with the branch; None where there is none."""

    path: str
    status: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class BranchDiff:
    """What a branch changes. `conflicts` names what the base changed too since they were level."""

    branch: StoredModel
    base: StoredModel
    files: tuple[ChangedFile, ...]
    conflicts: tuple[str, ...]

    @property
    def is_behind(self) -> bool:
        """Tell whether the base was written since the branch was level with it."""
        return self.branch.base_version is not None and self.branch.base_version != self.base.version


def list_files(
    store: ModelStore, actor: Actor, model_id: str, branch_id: str | None
) -> tuple[FilesOfLayer, ...]:
    """List the files of every layer, the lowest layer first.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied: see `open_stack`.
    """
    stack = open_stack(store, actor, model_id, branch_id)
    return tuple(
        FilesOfLayer(model, tuple(_file(path, text) for path, text in sorted(files.items())))
        for model, files in zip(stack.chain, stack.files, strict=True)
    )


def diff_branch(store: ModelStore, actor: Actor, model_id: str, branch_id: str) -> BranchDiff:
    """Compare a branch with its base, file by file.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied: see `open_stack`.
        BadRequest: no branch is named.
    """
    stack = open_stack(store, actor, model_id, branch_id)
    if stack.model.kind is not ModelKind.BRANCH:
        raise BadRequest("Bad Request: branchId: names no branch")
    before = {file.path: file.text for file in show(stack.base())}
    changed = [_changed(file.path, file.text, before, stack) for file in show(stack, of="changed")]
    with store.database.reading() as connection:
        conflicts = conflicts_of(connection, stack)
    files = tuple(file for file in changed if file.before != file.after)
    return BranchDiff(stack.model, stack.chain[-2], files, tuple(conflicts))


def _changed(path: str, text: str, before: Mapping[str, str], stack: Stack) -> ChangedFile:
    old = before.get(path)
    if stack.own.get(path) == TOMBSTONE:
        return ChangedFile(path, "removed", old, None)
    return ChangedFile(path, "added" if old is None else "changed", old, text)


def _file(path: str, text: str) -> LayerFile:
    kind = kind_of(path)
    return LayerFile(path, None if kind is None else kind.value, checksum(text), len(text.encode()))
