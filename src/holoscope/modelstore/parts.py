"""Where views, topics and fields lie in a stack of layers, and changes to one property at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from holoscope.access.actors import Actor
from holoscope.kit.errors import NotFound
from holoscope.kit.text import near
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.edits import REMOVED, edited_text
from holoscope.modeling.layers import FileKind, Laid, LogicalFile, is_deleted, lay
from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.tree import Node, Scalar, Table, plain
from holoscope.modelstore.editing import edit, writable_layer
from holoscope.modelstore.errors import InvalidModelFile
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.saving import check_saved
from holoscope.modelstore.stack import Stack

SECTIONS = ("dimensions", "measures", "filters")


@dataclass(frozen=True, slots=True)
class Target:
    """The model, or a branch of it, that is changed."""

    model_id: str
    branch_id: str | None = None


@dataclass
class Part:
    """A view or topic: what all layers say, what the layers below say, and the text of the model's own.

    `text` changes as properties are set; the path of the file is that of the model's own layer.
    """

    name: str
    path: str
    text: str
    whole: Node | None
    below: Node | None

    @property
    def is_inherited(self) -> bool:
        return self.below is not None

    def said(self, path: Path) -> Node | None:
        """Return what all layers together say at a path."""
        return at(self.whole, path)

    def inherited(self, path: Path) -> Node | None:
        """Return what the layers below say at a path."""
        return at(self.below, path)

    def put(self, path: Path, value: object) -> None:
        """Say something at a path; None takes back what is said there.

        Raises:
            InvalidModelFile: the model's own text is no YAML.
        """
        wanted: Any = value
        if value is None and self.inherited(path) is None:
            wanted = REMOVED
        self.text = good(edited_text(self.path, self.text, path, wanted))

    def take(self, path: Path) -> None:
        """Take a thing away: what is inherited is ignored, what is not goes."""
        gone = {"ignored": True} if self.inherited(path) is not None else REMOVED
        self.text = good(edited_text(self.path, self.text, path, gone))


@dataclass
class Workshop:
    """The state of a model for one change; `changes` collects what is to be written."""

    stack: Stack
    laid: Laid
    changes: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack) -> Workshop:
        return cls(stack, lay(stack.layers()))

    def view(self, name: str) -> Part:
        """Find a view by its reference name.

        Raises:
            NotFound: there is none.
        """
        names = [file.name for file in self.laid.files.values() if file.kind is FileKind.VIEW]
        found = self._find(FileKind.VIEW, name)
        if found is None:
            hint = near(name, names, limit=1)
            raise NotFound(f'No such view "{name}"' + (f'. Did you mean "{hint[0]}"?' if hint else ""))
        return found

    def topic(self, name: str) -> Part:
        """Find a topic by its name.

        Raises:
            NotFound: there is none, or it was taken away.
        """
        found = self._find(FileKind.TOPIC, name)
        if found is None or is_deleted(found.whole):
            raise NotFound(f'No such topic "{name}" or access not permitted')
        return found

    def has_topic(self, name: str) -> bool:
        found = self._find(FileKind.TOPIC, name)
        return found is not None and not is_deleted(found.whole)

    def keep(self, part: Part) -> None:
        """Take a part's text into the changes."""
        self.changes[part.path] = part.text

    def _find(self, kind: FileKind, name: str) -> Part | None:
        own = self.stack.model.id
        for file in self.laid.files.values():
            if file.kind is kind and file.name == name:
                lower = [piece for piece in file.pieces if piece.origin.layer != own]
                upper = [piece.origin for piece in file.pieces if piece.origin.layer == own]
                below = LogicalFile(kind, name, lower).read()[0] if lower else None
                path = upper[0].file if upper else file.key
                text = upper[0].text if upper else ""
                return Part(name, path, self.changes.get(path) or text, file.read()[0], below)
        return None


def change(store: ModelStore, actor: Actor, where: Target, make: Callable[[Workshop], None]) -> None:
    """Change parts of a model in one write: Modeler. `make` may run again when others write meanwhile.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied, SchemaModelsAreMirrors, ModelBusy: as `edit`.
        InvalidModelFile: what comes out must not be saved; nothing was stored.
    """
    layer = writable_layer(store, actor, where.model_id, where.branch_id)

    def prepare(stack: Stack) -> Mapping[str, str | None]:
        shop = Workshop.of(stack)
        make(shop)
        check_saved(stack.changed(shop.changes), shop.changes)
        return shop.changes

    edit(store, actor, layer, prepare)


def section_of(view: Node | None, name: str, prefix: Path = ()) -> str | None:
    """Return the section of a view (or of a `views:` entry at `prefix`) that holds a field."""
    return next((section for section in SECTIONS if at(view, (*prefix, section, name)) is not None), None)


def at(node: Node | None, path: Path) -> Node | None:
    """Return what stands at a path of mappings."""
    for part in path:
        if not isinstance(node, Table) or part not in node.entries:
            return None
        node = node.entries[str(part)][1]
    return node


def is_ignored(node: Node | None) -> bool:
    """Tell whether a mapping says `ignored: true`."""
    flag = at(node, ("ignored",))
    return isinstance(flag, Scalar) and flag.value is True


def data_of(node: Node | None) -> dict[str, Any]:
    """Return a mapping as JSON has it; anything else is an empty one."""
    return plain(node) if isinstance(node, Table) else {}


def good(made: tuple[str | None, tuple[Diagnostic, ...]]) -> str:
    """Return the text that an edit made.

    Raises:
        InvalidModelFile: the text before it was no YAML.
    """
    text, problems = made
    if text is None:
        raise InvalidModelFile("\n".join(str(problem) for problem in problems))
    return text
