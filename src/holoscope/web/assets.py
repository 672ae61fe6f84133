"""The built files as bytes to send, in the encodings a browser may ask for."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ENCODINGS = ("br", "gzip")
_SUFFIXES = {"br": ".br", "gzip": ".gz"}
_TYPES = {
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A built file, and where its compressed copies lie by content coding."""

    path: Path
    media_type: str
    compressed: dict[str, Path]

    def best_for(self, accept_encoding: str) -> tuple[Path, str | None]:
        """Return the smallest copy that a browser takes and its content coding (RFC 9110 §12.5.3)."""
        taken = {part.partition(";")[0].strip() for part in accept_encoding.split(",") if "q=0" not in part}
        for coding in ENCODINGS:
            if coding in taken and coding in self.compressed:
                return self.compressed[coding], coding
        return self.path, None


def find_assets(folder: Path) -> dict[str, Asset]:
    """List the files below a folder by their path within it, without their compressed copies."""
    names = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: Asset(
            path, _media_type(path), {c: names[name + s] for c, s in _SUFFIXES.items() if name + s in names}
        )
        for name, path in names.items()
        if path.suffix not in _SUFFIXES.values()
    }


def _media_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
