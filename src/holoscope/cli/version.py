"""`holoscope --version`."""

from __future__ import annotations

from importlib.metadata import version

import typer


def print_version(asked: bool) -> None:
    """Print name and version and leave, when asked."""
    if asked:
        print(f"holoscope {version('holoscope')}")
        raise typer.Exit
