"""Where a view, a field or a topic is named in the files of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from holoscope.access.actors import Actor
from holoscope.kit.errors import BadRequest
from holoscope.modeling.layers import FileKind
from holoscope.modelstore.editor.places import CombinedPlaces
from holoscope.modelstore.editor.reading import open_stack
from holoscope.modelstore.models import ModelStore

_NAME = re.compile(r"\w+(\.\w+)?")
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Use:
    """A line in a file as it is shown. `text` is the line, cut at 300 characters."""

    file: str
    line: int
    column: int
    text: str


def find_uses(
    store: ModelStore, actor: Actor, model_id: str, name: str, branch_id: str | None
) -> tuple[list[Use], bool]:
    """Return where a name stands in the texts of all files, and whether that is all.

    `name` is `view.field`, or the name of a view or topic. A field is also found by its bare name within
    `${...}` of its own view. Words are compared, not meanings: a mention in a comment counts.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied: see `open_stack`.
        BadRequest: no name.
    """
    if len(name) > 200 or not _NAME.fullmatch(name):
        raise BadRequest("Bad Request: name: expected view.field, a view or a topic")
    places = CombinedPlaces.of(open_stack(store, actor, model_id, branch_id))
    view, _, field = name.partition(".")
    anywhere = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    at_home = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)|\$\{{\s*{re.escape(field)}(?=[\s\[}}])")
    found: list[Use] = []
    for file in places.files.values():
        is_home = bool(field) and file.kind is FileKind.VIEW and file.name == view
        found += _lines(file.key, places.text(file), at_home if is_home else anywhere)
        if len(found) > MOST:
            return found[:MOST], False
    return found, True


def _lines(file: str, text: str, pattern: re.Pattern[str]) -> Iterator[Use]:
    if not pattern.search(text):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for match in pattern.finditer(line):
            yield Use(file, number, match.start() + 1, line.strip()[:300])
