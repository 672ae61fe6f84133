"""Shapes of what an editor of model files asks; operations of our own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from holoscope.http.shapes.models import BranchQuery, IssueFix
from holoscope.http.wire import StrictBody, Uuid, Wire


class LayerFileRecord(Wire):
    path: str
    kind: Literal["model", "relationships", "view", "topic", "composite_topic"] | None
    checksum: str = Field(description="SHA-256 of the text, in hex.")
    size: int = Field(description="Bytes of UTF-8.")


class ModelLayer(Wire):
    """One layer; the last one is what is written to."""

    model_id: str
    model_kind: str
    name: str | None
    version: int
    files: list[LayerFileRecord]


class ModelFilesResponse(Wire):
    layers: list[ModelLayer] = Field(description="Lowest first.")


class DiffQuery(BranchQuery):
    pass


class DiffFile(Wire):
    """A file as all layers show it together, without and with the branch."""

    path: str
    status: Literal["added", "changed", "removed"]
    before: str | None
    after: str | None


class DiffSide(Wire):
    id: str
    name: str | None
    version: int


class ModelDiffResponse(Wire):
    branch: DiffSide
    base: DiffSide
    is_behind: bool = Field(description="The base was written since the branch was level with it.")
    conflicts: list[str] = Field(description="What both changed since then: a merge would be refused.")
    files: list[DiffFile]


DefinitionKind = Literal[
    "view",
    "dimension",
    "measure",
    "filter",
    "topic",
    "composite_topic",
    "access_grant",
    "cache_policy",
    "constant",
    "custom_format",
    "custom_calendar",
]


class Definition(Wire):
    """Something the model defines; keys without a value are left out. Places are in mode combined."""

    kind: DefinitionKind
    name: str
    file: str
    line: int
    column: int
    layer: str = Field(description="Id of the model whose layer it comes from.")
    view: str | None = Field(None, description="The view of a field.")
    label: str | None = None
    description: str | None = None
    hidden: bool | None = None
    data_type: str | None = Field(None, description="Where it is written, or is that of the column.")
    aggregate_type: str | None = None
    is_key: bool | None = None
    alias_of: str | None = None
    base_view: str | None = None


class ModelDefinitionsResponse(Wire):
    state: str = Field(description="Changes whenever a layer of the model is written.")
    records: list[Definition]


class UsesQuery(BranchQuery):
    name: Annotated[str, Field(description="`view.field`, a view or a topic.")]


class UseRecord(Wire):
    file: str
    line: int
    column: int
    text: str


class ModelUsesResponse(Wire):
    records: list[UseRecord]
    is_complete: bool = Field(description="False when only the first 2,000 places are told.")


class DiagnosticsBody(StrictBody):
    """Files as if they were saved; without any, the model as it is."""

    branch_id: Uuid | None = None
    files: dict[StrictStr, StrictStr] = Field({}, description="Texts by file name, as in mode.")
    mode: Literal["combined", "extension"] = "combined"


class DiagnosticRecord(Wire):
    code: str = Field(description="A stable word: docs/reference/diagnostics.md.")
    severity: Literal["error", "warning"]
    message: str
    hint: str | None = Field(description="What to do, where that is known.")
    file: str
    line: int
    column: int
    layer: str
    yaml_path: str
    auto_fix: IssueFix | None


class ModelDiagnosticsResponse(Wire):
    records: list[DiagnosticRecord] = Field(description="Errors first.")
