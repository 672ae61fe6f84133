"""Findings about a model with their places, also about files that are not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holoscope.access.actors import Actor
from holoscope.access.attributes import load_definitions
from holoscope.access.system_attributes import SYSTEM_ATTRIBUTES
from holoscope.kit.errors import BadRequest
from holoscope.modeling.diagnostics import Diagnostic, Position
from holoscope.modelstore.chain import unknown_models
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.editor.places import CombinedPlaces, trail_of
from holoscope.modelstore.editor.reading import open_stack
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.saving import file_kind
from holoscope.modelstore.stack import Stack
from holoscope.modelstore.validation import errors_first, no_such_model
from holoscope.modelstore.yaml_writes import Place

MOST_FILES = 100
LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding and where it is in the files as they are shown, or in the text that was handed over."""

    diagnostic: Diagnostic
    at: Position


def find_problems(
    store: ModelStore,
    compiler: ModelCompiler,
    actor: Actor,
    model_id: str,
    *,
    branch_id: str | None = None,
    files: Mapping[str, str] | None = None,
    mode: str = "combined",
) -> list[Finding]:
    """Return all findings, errors first, as if `files` had been saved in `mode`; nothing is saved.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied: see `open_stack`.
        BadRequest: a file of a name that no file of a model has, or too much text.
        WarehouseError: the catalog cannot be read.
    """
    stack = _with(open_stack(store, actor, model_id, branch_id), files or {}, mode)
    with store.database.reading() as connection:
        defined = load_definitions(connection, actor.organization_id)
        unknown = unknown_models(connection, stack.model)
    attributes = {*(item.reference for item in defined), *SYSTEM_ATTRIBUTES}
    found = [*compiler.check(stack, attributes), *map(no_such_model, unknown)]
    places = CombinedPlaces.of(stack)
    return [
        Finding(item, places.place(item.position, trail_of(item.position.file, item.yaml_path)))
        for item in errors_first(found)
    ]


def _with(stack: Stack, files: Mapping[str, str], mode: str) -> Stack:
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LONGEST:
        raise BadRequest(f"Bad Request: files: at most {MOST_FILES} files and {LONGEST:,} characters")
    for name, text in files.items():
        place = Place.find(stack, name, file_kind(name), mode)
        stack = place.as_written(text)
    return stack
