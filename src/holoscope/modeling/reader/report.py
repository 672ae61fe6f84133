"""Where the findings of one file are collected."""

from __future__ import annotations

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import AutoFix, Diagnostic, Position, Severity
from holoscope.modeling.reader.tree import Mark, position_of

Path = tuple[str | int, ...]


def yaml_path(file: str, path: Path) -> str:
    """Join a file key and a path inside it: `orders.view.dimensions.id`."""
    return ".".join((file, *(str(part) for part in path)))


class Report:
    """Collects the diagnostics of one file. Marks without a text of their own point into `layer`.

    `prefix` is the way from the file's root to the part that is read.
    """

    __slots__ = ("file", "found", "layer", "prefix")

    def __init__(self, file: str, layer: str = "", prefix: Path = ()) -> None:
        self.file = file
        self.layer = layer
        self.prefix = prefix
        self.found: list[Diagnostic] = []

    def place(self, mark: Mark) -> Position:
        """Give the position of a mark."""
        return position_of(self.file, mark, self.layer)

    def error(
        self,
        code: Code,
        message: str,
        mark: Mark,
        path: Path,
        *,
        fix: str | None = None,
        auto_fix: AutoFix | None = None,
    ) -> None:
        """Record an error at `mark` (a YAML mark, from 0)."""
        self._add(Severity.ERROR, code, message, mark, path, fix, auto_fix)

    def warning(self, code: Code, message: str, mark: Mark, path: Path, *, fix: str | None = None) -> None:
        """Record a warning at `mark`."""
        self._add(Severity.WARNING, code, message, mark, path, fix)

    def _add(
        self,
        severity: Severity,
        code: Code,
        message: str,
        mark: Mark,
        path: Path,
        fix: str | None,
        auto_fix: AutoFix | None = None,
    ) -> None:
        place = self.place(mark)
        where = yaml_path(self.file, (*self.prefix, *path))
        self.found.append(Diagnostic(code, severity, message, place, where, fix, auto_fix))
