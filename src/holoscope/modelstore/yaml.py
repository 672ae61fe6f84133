"""Reading a model's files (API digest §3.13, modeling digest §3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from holoscope.access.actors import Actor
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.modelstore import history
from holoscope.modelstore.editor.reading import find_readable
from holoscope.modelstore.model_rows import ModelKind, StoredModel, checksum
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.shown import Shown, show
from holoscope.modelstore.stack import Stack, load_stack

_LONGEST_PATTERN = 1_000
_DELTA_MODES = frozenset({"extension", "staged"})


@dataclass(frozen=True, slots=True)
class YamlRequest:
    """What `GET /v1/models/{id}/yaml` asks for.

    `mode`: `combined` is all layers, `extension` this layer's own files, `staged` the files that a
    branch or workbook changed, as they are then, `merged` the base's own files as a merge would leave
    them, `history` the writes of this layer, and with `version` its files as they were then.
    `file_name` is a file's key, or else a regular expression found anywhere in it. `include_schemas`
    is one schema.
    """

    mode: str = "combined"
    file_name: str | None = None
    branch_id: str | None = None
    include_checksums: bool = False
    fully_resolved: bool = False
    include_schemas: str | None = None
    version: int | None = None


def read_yaml(store: ModelStore, actor: Actor, model_id: str, request: YamlRequest) -> dict[str, Any]:
    """Return the wire body: `files`, `version`, `viewNames` and, on request, `checksums`.

    Raises:
        NoSuchModel, NoSuchBranchModel, PermissionDenied: see `find_readable`.
        BadRequest: a mode or combination that cannot be served; the text says which.
        NotFound: a version that the model never had.
    """
    model = find_readable(store, actor, model_id, request.branch_id)
    _check(model, request)
    versions = None
    with store.database.reading() as connection:
        stack = load_stack(connection, model)
        if request.mode == "history":
            versions = history.load_versions(connection, model.id)
            if request.version is not None:
                _require_version(versions, request.version)
                own = history.load_files_at(connection, model.id, request.version)
                stack = stack.with_own({path: file.text for path, file in own.items()})
    shown = _named(_show(stack, request), request.file_name)
    if request.include_schemas:
        shown = [file for file in shown if file.is_of_schema(request.include_schemas)]
    body: dict[str, Any] = {
        "files": {file.path: file.text for file in shown},
        "version": stack.model.version if request.version is None else request.version,
        "viewNames": {file.path: file.view for file in shown if file.view is not None},
    }
    if request.include_checksums:
        body["checksums"] = {file.path: checksum(file.text) for file in shown}
    if versions is not None:
        body["history"] = _history(versions, request.file_name)
    return body


def matching_paths(paths: Iterable[str], pattern: str) -> set[str]:
    """Return the paths in which a regular expression is found, in time linear in their length (RE2).

    Raises:
        BadRequest: too long, or not a regular expression RE2 takes.
    """
    known = list(paths)
    if len(pattern) > _LONGEST_PATTERN:
        raise BadRequest(f"Bad Request: fileName: longer than {_LONGEST_PATTERN} characters")
    try:
        found = pc.match_substring_regex(pa.array(known, pa.string()), pattern=pattern)
    except (pa.ArrowInvalid, UnicodeEncodeError):
        raise BadRequest("Bad Request: fileName: Invalid regular expression") from None
    return {path for path, is_match in zip(known, found.to_pylist(), strict=True) if is_match}


def _check(model: StoredModel, request: YamlRequest) -> None:
    if request.fully_resolved and request.mode != "combined":
        raise BadRequest("Bad Request: fullyResolved: only valid with mode combined")
    if request.include_schemas and "," in request.include_schemas:
        raise BadRequest("Bad Request: includeSchemas: exactly one schema")
    if request.version is not None and request.mode != "history":
        raise BadRequest("Bad Request: version: only valid with mode history")
    if request.mode == "staged" and model.kind in (ModelKind.SCHEMA, ModelKind.SHARED):
        raise BadRequest("Bad Request: mode: staged needs a branch")
    if model.kind is ModelKind.WORKBOOK and request.mode in _DELTA_MODES and request.branch_id is not None:
        raise BadRequest(f"Bad Request: mode: {request.mode} of a workbook model takes no branch")


def _show(stack: Stack, request: YamlRequest) -> list[Shown]:
    if request.mode in ("extension", "history"):
        return show(stack, of="own")
    if request.mode == "staged":
        return show(stack, of="changed")
    if request.mode == "merged":
        return show(stack, of="merged")
    return show(stack, of="all", resolved=request.fully_resolved)


def _named(files: list[Shown], name: str | None) -> list[Shown]:
    if not name:
        return files
    exact = [file for file in files if file.path == name]
    if exact:
        return exact
    matching = matching_paths((file.path for file in files), name)
    return [file for file in files if file.path in matching]


def _require_version(versions: Iterable[history.Version], wanted: int) -> None:
    if all(version.version != wanted for version in versions):
        raise NotFound(f"Version {wanted} does not exist")


def _history(versions: Iterable[history.Version], name: str | None) -> list[Mapping[str, Any]]:
    listed = list(versions)
    if name:
        paths = {path for version in listed for path in (*version.changed, *version.removed)}
        wanted = {name} if name in paths else matching_paths(sorted(paths), name)
        listed = [item for item in listed if wanted & {*item.changed, *item.removed}]
    return [
        {
            "version": item.version,
            "createdAt": wire_time(item.created_at),
            "author": None
            if item.author_id is None
            else {"membershipId": item.author_id, "name": item.author_name},
            "message": item.message,
            "changedFiles": list(item.changed),
            "removedFiles": list(item.removed),
        }
        for item in listed
    ]
