"""Model problems are values, not exceptions: validation wants all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where something is written: the file's key, line and column, both from 1, and the layer's name."""

    file: str
    line: int = 1
    column: int = 1
    layer: str = ""


class Action(StrEnum):
    """What an edit does with a key, a value or a file; `add` puts an empty map under a new key."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    RENAME = "rename"
    DELETE_FILE = "delete_file"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a file: `path` leads to the key; `value` is its new value, or its new name."""

    file: str
    path: tuple[str | int, ...]
    action: Action
    value: str | bool | None = None


@dataclass(frozen=True, slots=True)
class AutoFix:
    """A change that would mend a finding. `short` reads well on a button, `unique` names one change only."""

    short: str
    unique: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is stable; `yaml_path` names the key (`orders.view.dimensions.id`)."""

    code: str
    severity: Severity
    message: str
    position: Position
    yaml_path: str = ""
    fix: str | None = None
    auto_fix: AutoFix | None = None

    def __str__(self) -> str:
        at = self.position
        return f"{at.file}:{at.line}:{at.column}: {self.severity}: {self.message} [{self.code}]"
