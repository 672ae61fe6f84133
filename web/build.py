"""Build the web application into the package: `python web/build.py`; does nothing when it is fresh.

Fresh means: the files that go into it hash to what was written beside the last build.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parent / "src/holoscope/web/static"
STAMP = STATIC / "built-from.txt"
INPUTS = ("index.html", "package-lock.json", "vite.config.ts", "tsconfig.json", ".npmrc", "public", "src")
_GENERATED = "schema.d.ts"


def is_fresh() -> bool:
    """Tell whether the package already holds what the sources say, or there are no sources to build."""
    if not (HERE / "package-lock.json").is_file():
        return True
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == fingerprint()


def fingerprint() -> str:
    """Return the hash of everything that goes into a build, types of the API aside: they leave no code."""
    digest = sha256()
    for name in INPUTS:
        top = HERE / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and path.name != _GENERATED:
                digest.update(path.relative_to(HERE).as_posix().encode() + b"\0")
                digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build() -> None:
    """Install what the lock names and build.

    Raises:
        SystemExit: npm failed; the sentence says what may be wrong.
    """
    from npm import npm

    installed = HERE / "node_modules/.package-lock.json"
    lock = HERE / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        _must(npm("ci", "--ignore-scripts", "--no-progress"), "npm could not install the locked packages")
    before = fingerprint()
    _must(npm("run", "--silent", "build"), "The web application does not build")
    STAMP.write_text(before, encoding="utf-8")


def _must(status: int, what: str) -> None:
    if status:
        raise SystemExit(
            f"{what}; its own message is above. Is the package registry reachable? "
            "With SKIP_FRONTEND=1 Holoscope is installed without its web application."
        )


def ensure() -> None:
    """Build unless it is fresh or SKIP_FRONTEND is set."""
    if os.environ.get("SKIP_FRONTEND") or is_fresh():
        return
    build()


if __name__ == "__main__":
    ensure()
