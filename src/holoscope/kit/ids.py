"""Identifiers: UUIDs for things, and the strict UUID grammar of the API."""

from __future__ import annotations

import re
import uuid

_UUID = re.compile(
    r"^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    r"|0{8}-0{4}-0{4}-0{4}-0{12}|f{8}-f{4}-f{4}-f{4}-f{12})$",
    re.IGNORECASE,
)


def new_id() -> str:
    """Return a fresh random UUID as text."""
    return str(uuid.uuid4())  # noqa: TID251  (the one permitted caller)


def is_uuid(text: object) -> bool:
    """Tell whether `text` is a UUID in the API's strict spelling (API digest §1.8)."""
    return isinstance(text, str) and _UUID.match(text) is not None
