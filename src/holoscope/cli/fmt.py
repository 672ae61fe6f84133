"""`holoscope fmt`: model files in their canonical form, in place."""

from __future__ import annotations

import difflib
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from holoscope.cli.exits import Exit
from holoscope.cli.files import CannotWrite, write_private
from holoscope.cli.options import option
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.layers import file_key, kind_of
from holoscope.modeling.writer import canonical_text

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class _Change:
    path: Path
    before: str
    after: str


def fmt_command(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Model files and folders with them; default: this folder.")
    ] = None,
    check: Annotated[bool, option("check", "Write nothing; exit code 1 when a file would change.")] = False,
    diff: Annotated[bool, option("diff", "Write nothing; print what would change.")] = False,
) -> None:
    """Write model files in their canonical form and print the names of those that changed.

    Exit code 1: a file is no YAML (it stays as it is), or --check found one that would change.
    """
    refused = False
    changes: list[_Change] = []
    for path in _files(paths or [Path()]):
        found = _change(path)
        if isinstance(found, _Change):
            changes.append(found)
        elif found:
            refused = True
            print("\n".join(found), file=sys.stderr)
    for change in changes:
        if not (check or diff):
            _write(change)
        if diff:
            sys.stdout.writelines(_diff(change))
        else:
            print(change.path)
    if refused or (check and changes):
        raise typer.Exit(Exit.FAILED)


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield each model file once, in order; a file that is named must be one."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found = [file for file in sorted(path.rglob("*")) if _is_model_file(file.relative_to(path), file)]
        elif not path.exists():
            raise NotFound(f"No file or folder {str(path)!r}.")
        elif _is_model_file(Path(path.name), path):
            found = [path]
        else:
            raise BadRequest(f"{str(path)!r} is no model file: its name ends otherwise.")
        for file in found:
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                yield file


def _is_model_file(relative: Path, file: Path) -> bool:
    if file.suffix not in _ENDINGS or any(part.startswith(".") for part in relative.parts):
        return False
    return kind_of(file_key(relative.name)) is not None and file.is_file()


def _change(path: Path) -> _Change | list[str]:
    """Return what would change, or the lines that say why the file cannot be read; [] for neither."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return [f"{path}: error: {error.strerror}."]
    try:
        before = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        return [f"{path}:{line}:{column}: error: The file is not UTF-8. [bad_yaml]"]
    after, problems = canonical_text(file_key(path.name), before)
    if after is None:
        return [_located(path, problem) for problem in problems]
    return _Change(path, before, after) if after != before else []


def _located(path: Path, problem: Diagnostic) -> str:
    at = problem.position
    return f"{path}:{at.line}:{at.column}: {problem.severity}: {problem.message} [{problem.code}]"


def _write(change: _Change) -> None:
    """Replace the file in one step; a link stays a link, and permissions stay."""
    target = change.path.resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        write_private(target, change.after.encode(), mode=mode)
    except OSError as error:
        raise CannotWrite(f"Cannot write {change.path}: {error.strerror}.") from None


def _diff(change: _Change) -> Iterator[str]:
    lines = difflib.unified_diff(
        change.before.splitlines(keepends=True),
        change.after.splitlines(keepends=True),
        str(change.path),
        str(change.path),
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
