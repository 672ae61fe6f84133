"""The command line: one small file per command, all listed in `commands`.

May not: hold a rule of the product; it reads options, calls a room, prints, sets the exit code.
Door: `main`. Neighbours: app, settings and client below; nobody above.
Tests: tests/cli (real processes). Exit codes: docs/reference/command-line.md.
"""

from __future__ import annotations


def main() -> None:
    """Run the command of this process's arguments and exit."""
    from holoscope.cli.commands import run

    run()
