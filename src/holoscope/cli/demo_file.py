"""`demo.json`: what a tool needs to use a running demo, and the only place of the demo's key text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from holoscope.cli.files import write_private

NAME = "demo.json"
_FORMER = "demo.json.former"


@dataclass(frozen=True, slots=True)
class DemoFile:
    """The contents of `demo.json`. Its presence means: the server at `base_url` is ready."""

    base_url: str
    api_key: str = field(repr=False)
    ca_file: str
    embed_secret: str = field(repr=False)
    model_id: str
    admin_email: str
    admin_password: str = field(repr=False)


def publish(folder: Path, demo: DemoFile) -> None:
    """Write `demo.json` in one step, readable by its owner alone."""
    write_private(folder / NAME, json.dumps(asdict(demo), indent=2).encode() + b"\n")
    (folder / _FORMER).unlink(missing_ok=True)


def retire(folder: Path) -> DemoFile | None:
    """Take the `demo.json` of an earlier run away, as it names a server that is gone, and return it.

    It is kept under another name until `publish`, so a start that fails loses no key. A file that
    is damaged or lacks something counts as lost.
    """
    present, former = folder / NAME, folder / _FORMER
    if present.exists():
        present.replace(former)
    try:
        former.chmod(0o600)
        content = json.loads(former.read_text(encoding="utf-8"))
        known = {item.name: content[item.name] for item in fields(DemoFile)}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return DemoFile(**known) if all(isinstance(value, str) for value in known.values()) else None
