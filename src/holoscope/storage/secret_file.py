"""The file with the secrets a server makes for itself on its first run."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from holoscope.kit.secrets import SecretText, WeakSecret, strong_secret

_BYTES = 32


def load_or_create_secrets(path: Path, names: Sequence[str]) -> dict[str, SecretText]:
    """Return one secret per name, made on first use: 32 random bytes in hex.

    The file is a JSON object, mode 0600, replaced whole, so a crash leaves the old or the new one.
    A secret that is already there is checked, never replaced. Two processes that start at once
    agree: one creates the file, the other reads it.

    Raises:
        WeakSecret: a stored secret is empty, short or an example, or the file is not such an object.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _lock(lock)
        stored = _read(path)
        missing = [name for name in names if name not in stored]
        if missing:
            stored |= {name: secrets.token_hex(_BYTES) for name in missing}
            _replace(path, json.dumps(stored, indent=2) + "\n")
    finally:
        os.close(lock)
    return {name: strong_secret(stored[name], name) for name in names}


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    path.chmod(0o600)
    try:
        stored = json.loads(text)
    except ValueError:
        stored = None
    if not isinstance(stored, dict) or not all(isinstance(value, str) for value in stored.values()):
        raise WeakSecret(f"{path.name} is not a JSON object of texts; restore it from a backup.")
    return stored


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has no such lock: there, start one server at a time on a new folder
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
