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


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is stable; `yaml_path` names the key (`orders.view.dimensions.id`)."""

    code: str
    severity: Severity
    message: str
    position: Position
    yaml_path: str = ""
    fix: str | None = None

    def __str__(self) -> str:
        at = self.position
        return f"{at.file}:{at.line}:{at.column}: {self.severity}: {self.message} [{self.code}]"
