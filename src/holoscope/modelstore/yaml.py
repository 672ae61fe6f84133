"""Reading a model's files (API digest §3.13, modeling digest §3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied
from holoscope.access.scope import Scopes
from holoscope.kit.errors import BadRequest
from holoscope.modeling.reader.files import read_text
from holoscope.modeling.reader.views import ViewFile
from holoscope.modelstore import model_rows
from holoscope.modelstore.errors import NoSuchBranch, SchemaModelsHaveNoBranches
from holoscope.modelstore.model_rows import ModelKind, StoredFile, StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.query.scope import Permission

_LONGEST_PATTERN = 1_000
_EXTENDS = re.compile(r"^extends\s*:", re.MULTILINE)
_UNSERVED_MODES = frozenset({"staged", "merged", "history"})


@dataclass(frozen=True, slots=True)
class YamlRequest:
    """What `GET /v1/models/{id}/yaml` asks for.

    `mode` is `combined` (all layers) or `extension` (this model's own files). `file_name` is a file's
    key, or else a regular expression found anywhere in it. `include_schemas` is one schema.
    """

    mode: str = "combined"
    file_name: str | None = None
    branch_id: str | None = None
    include_checksums: bool = False
    fully_resolved: bool = False
    include_schemas: str | None = None


def read_yaml(
    store: ModelStore, scopes: Scopes, actor: Actor, model_id: str, request: YamlRequest
) -> dict[str, Any]:
    """Return the wire body: `files`, `version`, `viewNames` and, on request, `checksums`.

    Files show what topics, grants and SQL hide elsewhere, so the whole model must be open to the
    actor: Querier and above.

    Raises:
        NoSuchModel: unknown, or none of the actor's business.
        PermissionDenied: the actor may ask topics only, or only look.
        BadRequest: a mode or combination that cannot be served; the text says which.
        NoSuchBranch: a branch was named.
    """
    model = store.find_model(actor, model_id)
    if not scopes.scope_for(actor, model.id, model.connection_id).may(Permission.QUERY_FULL_MODEL):
        raise PermissionDenied
    _check(model, request)
    with store.database.reading() as connection:
        files = model_rows.load_files(connection, model, combined=request.mode == "combined")
    if request.fully_resolved:
        _require_resolved(files.values())
    views = _views(files.values())
    kept = _named(files, request.file_name)
    if request.include_schemas:
        kept = _of_schema(kept, views, request.include_schemas)
    body: dict[str, Any] = {
        "files": {path: file.text for path, file in kept.items()},
        "version": model.version,
        "viewNames": {path: views[path].name for path in kept if path in views},
    }
    if request.include_checksums:
        body["checksums"] = {path: file.sha256 for path, file in kept.items()}
    return body


def require_no_branch(model: StoredModel, branch_id: str | None) -> None:
    """Refuse a branch: this server keeps none yet, and SCHEMA models never have any.

    Raises:
        SchemaModelsHaveNoBranches, NoSuchBranch: a branch was named.
    """
    if branch_id is None:
        return
    if model.kind is ModelKind.SCHEMA:
        raise SchemaModelsHaveNoBranches
    raise NoSuchBranch


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
    require_no_branch(model, request.branch_id)
    if request.mode in _UNSERVED_MODES:
        raise BadRequest(f"Bad Request: mode: {request.mode} needs a branch or a draft; this model has none")
    if request.fully_resolved and request.mode != "combined":
        raise BadRequest("Bad Request: fullyResolved: only valid with mode combined")
    if request.include_schemas and "," in request.include_schemas:
        raise BadRequest("Bad Request: includeSchemas: exactly one schema")


def _require_resolved(files: Iterable[StoredFile]) -> None:
    """Without `extends`, files say what runs; with it, this server cannot spell that out yet."""
    for file in files:
        if _EXTENDS.search(file.text):
            raise BadRequest(
                f"Bad Request: fullyResolved: {file.path} uses extends, which is not resolved yet"
            )


def _views(files: Iterable[StoredFile]) -> dict[str, ViewFile]:
    found: dict[str, ViewFile] = {}
    for file in files:
        parsed = read_text(file.path, file.text)
        content = parsed.content if parsed is not None else None
        if isinstance(content, ViewFile):
            found[file.path] = content
    return found


def _named(files: dict[str, StoredFile], name: str | None) -> dict[str, StoredFile]:
    if not name:
        return files
    if name in files:
        return {name: files[name]}
    matching = matching_paths(files, name)
    return {path: file for path, file in files.items() if path in matching}


def _of_schema(
    files: dict[str, StoredFile], views: dict[str, ViewFile], wanted: str
) -> dict[str, StoredFile]:
    """Leave out the views of other schemas; views without a schema and all other files stay."""
    scoped = wanted.casefold()

    def stays(path: str) -> bool:
        view = views[path].view if path in views else None
        if view is None or view.schema is None:
            return True
        full = f"{view.catalog}.{view.schema}" if view.catalog else view.schema
        return scoped in (view.schema.casefold(), full.casefold())

    return {path: file for path, file in files.items() if stays(path)}
