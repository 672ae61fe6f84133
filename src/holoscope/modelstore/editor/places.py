"""Places in the files as they are shown: all layers of a file as one text (mode `combined`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from holoscope.modeling.combine import combine
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.layers import LogicalFile, lay
from holoscope.modeling.reader.tree import Items, Mark, Node, Table, read_tree
from holoscope.modelstore.stack import Stack

Trail = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class CombinedPlaces:
    """From places in the texts of single layers to places in the texts that are shown.

    A file that one layer makes is shown as it is; one of several layers is written anew, and a thing is
    looked up there by the keys that lead to it.
    """

    files: Mapping[str, LogicalFile]
    by_piece: Mapping[tuple[str, str], LogicalFile]
    _trees: dict[str, Node | None] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack) -> CombinedPlaces:
        laid = lay(stack.layers())
        pieces = {
            (piece.origin.layer, piece.origin.file): file
            for file in laid.files.values()
            for piece in file.pieces
        }
        return cls(laid.files, pieces)

    def place(self, position: Position, trail: Iterable[str | int] = ()) -> Position:
        """Return where a thing stands in its file as shown; `trail` is the way to it from the file's root."""
        file = self.by_piece.get((position.layer, position.file))
        if file is None:
            return position
        mark = self._mark(file, tuple(trail)) if len(file.pieces) > 1 else None
        if mark is None:
            return Position(file.key, position.line, position.column, position.layer)
        return Position(file.key, mark.line + 1, mark.column + 1, position.layer)

    def find(self, position: Position, trail: Iterable[str | int]) -> Position:
        """Return where a thing stands of which only its file and the way to it are known."""
        file = self.by_piece.get((position.layer, position.file))
        mark = None if file is None else self._mark(file, tuple(trail))
        if file is None or mark is None:
            return position
        return Position(file.key, mark.line + 1, mark.column + 1, position.layer)

    def text(self, file: LogicalFile) -> str:
        """Return a file as it is shown; of a bad one, the uppermost layer's."""
        whole = None if len(file.pieces) == 1 else combine(file)[0]
        return file.pieces[-1].origin.text if whole is None else whole

    def _mark(self, file: LogicalFile, trail: Trail) -> Mark | None:
        if file.key not in self._trees:
            self._trees[file.key] = read_tree(file.key, self.text(file))[0]
        node, mark = self._trees[file.key], None
        for step in trail:
            if isinstance(node, Table) and step in node.entries:
                mark, node = node.entries[str(step)]
            elif isinstance(node, Items) and isinstance(step, int) and step < len(node.values):
                node = node.values[step]
                mark = node.mark
            else:
                break
        return mark


def trail_of(file: str, yaml_path: str) -> Trail:
    """Read the way that a finding names, `orders.view.dimensions.id`, without the file in front."""
    rest = yaml_path.removeprefix(f"{file}.") if yaml_path != file else ""
    return tuple(int(step) if step.isdecimal() else step for step in rest.split(".")) if rest else ()
