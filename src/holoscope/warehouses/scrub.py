"""What an engine says, without the places it says it about."""

from __future__ import annotations

import re

_PATHS = re.compile(r"(?<![\w.])(?:/[\w.+@~-]+){2,}/?")


def scrub(message: str) -> str:
    """Take absolute file paths out of an engine's message; the rest is the engine's own."""
    return _PATHS.sub("<path>", message).strip()
