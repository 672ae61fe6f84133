"""Processes as the system sees them (Linux)."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children_of(pid: int | str = "self") -> set[int]:
    """The processes that threads of this process started and that have not ended."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        # A thread may end between the listing and the look.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found |= {int(child) for child in (task / "children").read_text().split()}
    return found
