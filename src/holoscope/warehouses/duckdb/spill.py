"""Where workers have their folders for what does not fit in memory."""

from __future__ import annotations

import shutil
from pathlib import Path


def clear_spill(folder: Path) -> None:
    """Make the folder, and take away what workers of a server that was killed left in it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.iterdir():
        shutil.rmtree(left, ignore_errors=True)
