"""`POST` and `DELETE` of a model's files (API digest §3.13, modeling digest §3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from holoscope.access.actors import Actor
from holoscope.kit.errors import BadRequest
from holoscope.modeling.combine import delta_text, with_comments_of
from holoscope.modeling.layers import FileKind, Layer, LogicalFile, lay
from holoscope.modeling.writer import canonical_text
from holoscope.modelstore.editing import Changes, edit, writable_layer
from holoscope.modelstore.errors import FileChanged, InvalidModelFile, NoSuchFile
from holoscope.modelstore.model_rows import checksum
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.saving import check_saved, file_kind
from holoscope.modelstore.shown import Shown, own_files, show
from holoscope.modelstore.stack import Stack

TOMBSTONE = "ignored: true\n"
_LEAST = (FileKind.MODEL, FileKind.RELATIONSHIPS)


@dataclass(frozen=True, slots=True)
class YamlWrite:
    """One whole file. An empty text takes it away, in the way of the mode.

    `combined` and `staged`: the text is what all layers say together; kept is what it says beyond the
    layers below, and taking away an inherited file ignores it. `merged`: the same against the base
    alone. `extension`: the text is this layer's own file.
    """

    file_name: str
    text: str
    mode: str = "combined"
    branch_id: str | None = None
    message: str | None = None
    previous_checksum: str | None = None
    fully_resolved: bool = False


def write_yaml(store: ModelStore, actor: Actor, model_id: str, wanted: YamlWrite) -> dict[str, Any]:
    """Store one file and return it as it is then: `files`, `version`, `viewNames`, `checksums`.

    Raises:
        NoSuchModel, NoSuchBranchModel: unknown, or out of reach.
        PermissionDenied: the actor is no Modeler.
        BadRequest: the name, the mode or the text cannot be taken; nothing was stored.
        FileChanged: it is not the file that was fetched.
        NoSuchFile: there is nothing to take away.
    """
    kind = file_kind(wanted.file_name)
    if wanted.mode == "history":
        raise BadRequest("Bad Request: mode: history cannot be written")
    if wanted.fully_resolved and wanted.mode != "combined":
        raise BadRequest("Bad Request: fullyResolved: only valid with mode combined")
    layer = writable_layer(store, actor, model_id, wanted.branch_id)

    def prepare(stack: Stack) -> Changes:
        if wanted.fully_resolved:
            _refuse_extends(stack, wanted.file_name)
        place = Place.find(stack, wanted.file_name, kind, wanted.mode)
        if wanted.previous_checksum and wanted.previous_checksum != place.checksum:
            raise FileChanged
        if not wanted.text.strip():
            return place.without()
        return place.with_text(wanted.text)

    after = edit(store, actor, layer, prepare, message=wanted.message)
    shown = [file for file in _shown(after, wanted.mode) if file.path == wanted.file_name]
    return {
        "fileName": wanted.file_name,
        "success": True,
        "files": {file.path: file.text for file in shown},
        "version": after.model.version,
        "viewNames": {file.path: file.view for file in shown if file.view is not None},
        "checksums": {file.path: checksum(file.text) for file in shown},
    }


def delete_yaml(
    store: ModelStore,
    actor: Actor,
    model_id: str,
    file_name: str,
    *,
    mode: str = "combined",
    branch_id: str | None = None,
    message: str | None = None,
) -> dict[str, Any]:
    """Take one view or topic file away, as an empty text does.

    Raises:
        as `write_yaml`.
    """
    if not file_name.endswith((".view", ".topic")):
        raise BadRequest("Bad Request: fileName: must end with '.topic' or '.view'")
    write_yaml(store, actor, model_id, YamlWrite(file_name, "", mode, branch_id, message))
    return {"fileName": file_name, "success": True}


def _shown(stack: Stack, mode: str) -> list[Shown]:
    if mode == "extension":
        return show(stack, of="own")
    return show(stack, of="merged" if mode == "merged" else "all")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: its path in the model's own layer, what is there, and the layers below it.

    `pieces` names the parts (layer, path) that a text of this mode stands for.
    """

    stack: Stack
    kind: FileKind
    mode: str
    name: str
    path: str
    seen: Shown | None
    below: tuple[Layer, ...] = ()
    exists_below: bool = False
    pieces: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def find(cls, stack: Stack, name: str, kind: FileKind, mode: str) -> Place:
        own = stack.model.id
        seen = next((file for file in _shown(stack, mode) if file.path == name), None)
        file = None if mode == "extension" else _logical(stack, name)
        if file is None:
            return cls(stack, kind, mode, name, name, seen)
        path = next((piece.origin.file for piece in file.pieces if piece.origin.layer == own), name)
        layers = stack.below()[-1:] if mode == "merged" else stack.below()
        against = {layer.name for layer in layers}
        return cls(
            stack,
            kind,
            mode,
            name,
            path,
            seen,
            below=layers,
            exists_below=any(piece.origin.layer in against for piece in file.pieces),
            pieces=frozenset(
                (piece.origin.layer, piece.origin.file)
                for piece in file.pieces
                if piece.origin.layer in against | {own}
            ),
        )

    @property
    def checksum(self) -> str | None:
        return None if self.seen is None else checksum(self.seen.text)

    def with_text(self, text: str) -> Changes:
        """Judge the text where it stands, then keep what it says beyond what is below.

        Comments of the model file stay when a text omits them.

        Raises:
            InvalidModelFile: it must not be saved.
        """
        check_saved(self.as_written(text), [self.path])
        if self.kind is FileKind.MODEL and self.seen is not None:
            text = with_comments_of(self.seen.text, self.path, text)
        if not self.exists_below:
            canonical, _ = canonical_text(self.path, text)
            return {self.path: text if canonical is None else canonical}
        return {self.path: self._delta(text)}

    def without(self) -> Changes:
        """Take the file away: what is inherited is ignored.

        Raises:
            NoSuchFile: there is no such file.
        """
        if self.seen is None:
            raise NoSuchFile(self.name)
        if not self.exists_below:
            return {self.path: None}
        if self.kind in _LEAST:
            return {self.path: self._delta("")}
        return {self.path: TOMBSTONE}

    def _delta(self, text: str) -> str | None:
        delta, problems = delta_text(text, self.below, self.name)
        if problems:
            raise InvalidModelFile("\n".join(str(problem) for problem in problems))
        return delta or None

    def as_written(self, text: str) -> Stack:
        """Return the stack in which the text stands for the whole file, so that places are the text's."""
        stack = self.stack
        if self.mode == "extension":
            return stack.changed({self.path: text})
        kept = tuple(
            {path: known for path, known in files.items() if (model.id, path) not in self.pieces}
            for model, files in zip(stack.chain, stack.files, strict=True)
        )
        return Stack(stack.chain, kept).changed({self.path: text})


def _refuse_extends(stack: Stack, name: str) -> None:
    file = _logical(stack, name)
    if file is not None and file.mentions("extends"):
        raise BadRequest(
            f"Bad Request: fullyResolved: {name} extends others; write it without fullyResolved, as mode "
            "combined shows it"
        )


def _logical(stack: Stack, name: str) -> LogicalFile | None:
    """Find a file by its path in the lowest layer, else by its path in the model's own."""
    laid = lay(stack.layers())
    return laid.files.get(name) or own_files(laid, stack.model.id).get(name)
