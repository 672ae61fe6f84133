"""What the watching process tells a child on its standard input: one line of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from holoscope.cli.certificates import Certificate
from holoscope.settings import Settings

READY = b"ready\n"


@dataclass(frozen=True, slots=True)
class Orders:
    """Everything a child needs; `sockets` are descriptors that it inherits."""

    settings: Settings
    folder: Path
    index: int
    sockets: tuple[int, ...]
    certificate: Certificate | None

    def written(self) -> bytes:
        """Return the line."""
        files = self.certificate
        return (
            json.dumps(
                {
                    "settings": self.settings.model_dump(mode="json"),
                    "folder": str(self.folder),
                    "index": self.index,
                    "sockets": self.sockets,
                    "certificate": None if files is None else [str(files.chain), str(files.key)],
                }
            ).encode()
            + b"\n"
        )

    @staticmethod
    def read(line: bytes) -> Orders:
        """Read what `written` gives."""
        said = json.loads(line)
        files = said["certificate"]
        return Orders(
            Settings.model_validate(said["settings"]),
            Path(said["folder"]),
            said["index"],
            tuple(said["sockets"]),
            None if files is None else Certificate(Path(files[0]), Path(files[1]), None),
        )
