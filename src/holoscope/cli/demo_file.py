"""`demo.json` and `init.json`: what a tool needs to use a server, and the only place of its key."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from holoscope.cli.files import write_private

DEMO = "demo.json"
INIT = "init.json"


@dataclass(frozen=True, slots=True)
class DemoFile:
    """The contents of `demo.json`. Its presence means: the server at `base_url` is ready.

    `init.json` has the same; where `holoscope init` did not serve, a later `holoscope serve` is meant.
    An empty password means that somebody changed it.
    """

    base_url: str
    api_key: str = field(repr=False)
    ca_file: str
    embed_secret: str = field(repr=False)
    model_id: str
    admin_email: str
    admin_password: str = field(repr=False)


def publish(folder: Path, demo: DemoFile, name: str = DEMO) -> None:
    """Write the file in one step, readable by its owner alone."""
    write_private(folder / name, json.dumps(asdict(demo), indent=2).encode() + b"\n")
    _former(folder, name).unlink(missing_ok=True)


def retire(folder: Path, name: str = DEMO) -> DemoFile | None:
    """Take the file of an earlier run away, as it names a server that is gone, and return it.

    It is kept under another name until `publish`, so a start that fails loses no key. A file that
    is damaged or lacks something counts as lost.
    """
    present, former = folder / name, _former(folder, name)
    if present.exists():
        present.replace(former)
    try:
        former.chmod(0o600)
        content = json.loads(former.read_text(encoding="utf-8"))
        known = {item.name: content[item.name] for item in fields(DemoFile)}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return DemoFile(**known) if all(isinstance(value, str) for value in known.values()) else None


def sign_in(demo: DemoFile, name: str, folder: Path) -> str:
    """Say where and how the administrator signs in; the password itself is in the file alone."""
    where = f"the password in {folder / name}" if demo.admin_password else "the password that was chosen"
    return f"{demo.base_url}/sign-in as {demo.admin_email}, with {where}"


def _former(folder: Path, name: str) -> Path:
    return folder / f"{name}.former"
