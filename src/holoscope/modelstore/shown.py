"""The files of a model as a caller sees them: one layer's own, or several laid over each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from holoscope.kit.errors import BadRequest
from holoscope.modeling.combine import combine
from holoscope.modeling.comments import read_comments
from holoscope.modeling.expand import resolve_files
from holoscope.modeling.layers import FileKind, Laid, LogicalFile, Piece, lay
from holoscope.modeling.reader.tree import Node, Scalar, Table
from holoscope.modeling.writer import write_tree
from holoscope.modelstore.stack import Stack

Of = Literal["all", "own", "changed", "merged"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One file. `view` is the name its view is queried by; `schema` and `catalog` are the view's."""

    path: str
    text: str
    view: str | None = None
    schema: str | None = None
    catalog: str | None = None

    def is_of_schema(self, wanted: str) -> bool:
        """Tell whether it is no view, a view without a schema, or one of this schema."""
        if self.schema is None:
            return True
        full = f"{self.catalog}.{self.schema}" if self.catalog else self.schema
        return wanted.casefold() in (self.schema.casefold(), full.casefold())


def show(stack: Stack, *, of: Of = "all", resolved: bool = False) -> list[Shown]:
    """Return files in the order of their paths.

    `all`: every layer together. `own`: what the model itself holds. `changed`: of all, those that
    the model itself changes. `merged`: the base's own with the model's over them. With `resolved`,
    of all, a file that extends others says itself what it has from them.

    Raises:
        BadRequest: `resolved`, and a file cannot be.
    """
    laid = lay(stack.layers())
    own_id = stack.model.id
    if of == "own":
        known = own_files(laid, own_id)
        return [_shown(path, text, known.get(path)) for path, text in sorted(stack.own.items())]
    if of == "merged":
        kept = {own_id, stack.model.base_model_id}
        parts = [_only(file, kept) for file in laid.files.values()]
        return [_combined(part) for part in parts if part is not None]
    files = [file for file in laid.files.values() if of == "all" or own_id in file.layers]
    if resolved and any(file.mentions("extends") for file in files):
        return _resolved(laid, files)
    return [_combined(file) for file in files]


def own_files(laid: Laid, layer: str) -> dict[str, LogicalFile]:
    """Return the files of one layer by path, each with what it is a part of."""
    return {
        piece.origin.file: file
        for file in laid.files.values()
        for piece in file.pieces
        if piece.origin.layer == layer
    }


def _only(file: LogicalFile, layers: Iterable[str | None]) -> LogicalFile | None:
    pieces: list[Piece] = [piece for piece in file.pieces if piece.origin.layer in layers]
    return LogicalFile(file.kind, file.name, pieces) if pieces else None


def _combined(file: LogicalFile) -> Shown:
    """Show a file that several layers make as one text; a bad piece cannot be merged and is shown alone."""
    text = None if len(file.pieces) == 1 else combine(file)[0]
    return _shown(file.key, file.pieces[-1].origin.text if text is None else text, file)


def _shown(path: str, text: str, file: LogicalFile | None) -> Shown:
    if file is None or file.kind is not FileKind.VIEW:
        return Shown(path, text)
    tree = file.read()[0]
    return Shown(path, text, file.name, _said(tree, "schema"), _said(tree, "catalog"))


def _said(tree: Node | None, key: str) -> str | None:
    entry = tree.entries.get(key) if isinstance(tree, Table) else None
    value = entry[1] if entry is not None else None
    return value.text if isinstance(value, Scalar) and value.value is not None else None


def _resolved(laid: Laid, files: Iterable[LogicalFile]) -> list[Shown]:
    trees, found = resolve_files(laid)
    shown = []
    for file in files:
        whole = _combined(file)
        if file.mentions("extends"):
            tree = trees.get(file.key)
            if tree is None:
                reason = next((str(item) for item in found if item.position.file == file.key), "")
                raise BadRequest(f"Bad Request: fullyResolved: {file.key} cannot be resolved. {reason}")
            text = write_tree(file.key, tree, read_comments(whole.text))
            whole = Shown(file.key, text, whole.view, _said(tree, "schema"), _said(tree, "catalog"))
        shown.append(whole)
    return shown
