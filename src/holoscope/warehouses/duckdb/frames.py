"""What the server and a worker say to each other: frames of a kind, a length and that many bytes.

Both ends import this file, and a worker imports little: the standard library only.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, BinaryIO

_HEAD = struct.Struct("!cQ")
_AT_ONCE = 64
LONGEST_BYTES = 256 * 1024 * 1024
"""No frame is longer; a longer one comes from something that is no worker of ours."""
NUMBER = struct.Struct("!Q")
"""On the control pipe: the statement to stop."""


class Kind(Enum):
    """The first byte of a frame."""

    OPEN = b"o"
    """To the worker: JSON, what to open and within which limits."""
    ASK = b"a"
    """To the worker: JSON, a statement with its number."""
    READY = b"r"
    """From the worker, empty: it has loaded its libraries, or opened what it was told to."""
    SCHEMA = b"s"
    """An Arrow IPC schema message."""
    BATCH = b"b"
    """An Arrow IPC record batch message."""
    END = b"e"
    """The result is complete."""
    FAILED = b"f"
    """JSON: `why` (a word of `Why`) and `text`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a worker is to run. Text of users is gated; `most_rows` caps the result outside the text."""

    sql: str
    is_gated: bool = True
    most_rows: int | None = None

    def order(self, number: int) -> dict[str, Any]:
        """Give what an ASK frame holds."""
        return {
            "number": number,
            "sql": self.sql,
            "is_gated": self.is_gated,
            "most_rows": self.most_rows,
        }


class Why(Enum):
    """What kind of failure a worker reports."""

    ENGINE = "engine"
    REFUSED = "refused"
    STOPPED = "stopped"
    BEYOND_64_BITS = "beyond_64_bits"
    ROW_TOO_LARGE = "row_too_large"
    NO_MEMORY = "no_memory"
    UNSAFE = "unsafe"


class Broken(Exception):
    """The other end is gone, or says what it cannot."""


def send(pipe: int, kind: Kind, *parts: Any) -> None:  # noqa: ANN401  (anything with the buffer protocol)
    """Write one frame. Raises `BrokenPipeError` when the other end is gone."""
    send_all(pipe, frame(kind, *parts))


def frame(kind: Kind, *parts: Any) -> list[memoryview]:  # noqa: ANN401
    """Build a frame without copying its parts."""
    views = [memoryview(part).cast("B") for part in parts]
    return [memoryview(_HEAD.pack(kind.value, sum(len(view) for view in views))), *views]


def send_all(pipe: int, views: Iterable[memoryview]) -> None:
    """Write the parts of frames, as many at once as the system takes."""
    left = [view for view in views if len(view)]
    while left:
        written = os.writev(pipe, left[:_AT_ONCE])
        while left and written >= len(left[0]):
            written -= len(left.pop(0))
        if written:
            left[0] = left[0][written:]


def send_json(pipe: int, kind: Kind, value: Any) -> None:  # noqa: ANN401
    """Write one frame that holds JSON."""
    send(pipe, kind, json.dumps(value).encode())


def receive(pipe: BinaryIO) -> tuple[Kind, bytes]:
    """Read one frame.

    Raises:
        Broken: the other end is gone, or sent something else.
    """
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise Broken
    code, length = _HEAD.unpack(head)
    if length > LONGEST_BYTES:
        raise Broken
    try:
        kind = Kind(code)
    except ValueError:
        raise Broken from None
    payload = pipe.read(length) if length else b""
    if len(payload) < length:
        raise Broken
    return kind, payload
