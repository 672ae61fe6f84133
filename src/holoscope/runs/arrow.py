"""Results as text: an Arrow IPC stream in standard base64, at once or piece by piece.

No compression and no dictionaries: every client in the field reads that (query digest §1.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pybase64

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def encode(schema: pa.Schema, batches: list[pa.RecordBatch]) -> tuple[bytes, int]:
    """Return (base64 of a stream with at most one batch, Arrow bytes before base64)."""
    table = pa.Table.from_batches(batches, schema).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_table(table)
    stream = sink.getvalue()
    return pybase64.b64encode(stream), stream.size


def decode(data: bytes) -> pa.Table:
    """Undo `encode`."""
    return pa.ipc.open_stream(pa.py_buffer(pybase64.b64decode(data))).read_all()


def schema_of(data: bytes) -> pa.Schema:
    """Read the schema of an encoded stream without reading its rows."""
    marker = pybase64.b64decode(data[:12])  # four bytes that mark a message, four that tell its length
    length = 8 + int.from_bytes(marker[4:8], "little")
    return pa.ipc.read_schema(pa.py_buffer(pybase64.b64decode(data[: -(-length // 3) * 4])))


class Base64:
    """Base64 of bytes that arrive in parts: up to two bytes are carried to the next part."""

    def __init__(self) -> None:
        self._carry = b""

    def feed(self, part: memoryview) -> Iterator[bytes]:
        """Yield the text of what is complete."""
        if self._carry:
            missing = 3 - len(self._carry)
            head, part = self._carry + bytes(part[:missing]), part[missing:]
            if len(head) < 3:
                self._carry = head
                return
            yield pybase64.b64encode(head)
        whole = len(part) - len(part) % 3
        self._carry = bytes(part[whole:])
        if whole:
            yield pybase64.b64encode(part[:whole])

    def finish(self) -> bytes:
        """Return the text of the last bytes, padded."""
        return pybase64.b64encode(self._carry)


def encode_in_parts(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield base64 of a stream batch by batch; joined, it is one text that decodes as a whole."""
    text = Base64()
    yield from text.feed(memoryview(schema.serialize()))
    for batch in batches:
        yield from text.feed(memoryview(batch.serialize()))
    yield from text.feed(memoryview(_END_OF_STREAM))
    yield text.finish()
