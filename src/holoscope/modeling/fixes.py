"""Changes that would mend a finding, and making them (modeling digest §19.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from holoscope.modeling.diagnostics import Action, AutoFix, Edit
from holoscope.modeling.edits import REMOVED, edited_text, renamed_text
from holoscope.modeling.reader.report import Path, yaml_path

_SUGGESTION = re.compile(r"Did you mean '?([^'\s]+?)'?\?\Z")


def suggested(sentence: str | None) -> str | None:
    """Return the name that a sentence such as `Did you mean trips?` suggests."""
    found = _SUGGESTION.match(sentence or "")
    return found.group(1) if found else None


def replacing(file: str, path: Path, value: str) -> AutoFix:
    """Set the value at a path."""
    edit = Edit(file, path, Action.SET, value)
    return AutoFix(f'Use "{value}"', f'Set {yaml_path(file, path)} to "{value}"', (edit,))


def renaming(file: str, path: Path, name: str) -> AutoFix:
    """Give the key at a path another name."""
    edit = Edit(file, path, Action.RENAME, name)
    return AutoFix(f'Rename to "{name}"', f'Rename {yaml_path(file, path)} to "{name}"', (edit,))


def removing(file: str, path: Path, short: str) -> AutoFix:
    """Take out the key or list item at a path."""
    return AutoFix(short, f"Remove {yaml_path(file, path)}", (Edit(file, path, Action.REMOVE),))


def deleting(file: str, short: str) -> AutoFix:
    """Delete a file."""
    return AutoFix(short, f"{short} (file {file})", (Edit(file, (), Action.DELETE_FILE),))


def apply_fix(files: Mapping[str, str], fix: AutoFix) -> dict[str, str | None]:
    """Return the new texts of the files that the fix changes; None for one that is deleted.

    `files` maps the keys of one layer's files to their texts; comments stay.

    Raises:
        KeyError: the fix is about a file or a place that is not there any more.
    """
    changed: dict[str, str | None] = {}
    for edit in fix.edits:
        text = changed.get(edit.file, files[edit.file])
        if text is None:
            raise KeyError(edit.file)
        changed[edit.file] = _edited(edit, text)
    return changed


def _edited(edit: Edit, text: str) -> str | None:
    if edit.action is Action.DELETE_FILE:
        return None
    if edit.action is Action.RENAME:
        after, _ = renamed_text(edit.file, text, edit.path, str(edit.value))
    else:
        values: dict[Action, object] = {Action.REMOVE: REMOVED, Action.ADD: {}}
        after, _ = edited_text(edit.file, text, edit.path, values.get(edit.action, edit.value))
    if after is None:
        raise KeyError(edit.file)
    return after
