"""Base64 in parts equals base64 at once, and both decode to the same rows."""

import random

import pyarrow as pa
import pybase64
import pytest

from holoscope.runs.arrow import Base64, decode, encode, encode_in_parts

TABLE = pa.table({"a": list(range(1000)), "b": [f"text {n}" if n % 3 else None for n in range(1000)]})


@pytest.mark.parametrize("rows", [1, 7, 100, 5000])
def test_parts_decode_as_a_whole(rows):
    text = b"".join(encode_in_parts(TABLE.schema, TABLE.to_batches(rows)))
    read = pa.ipc.open_stream(pybase64.b64decode(text, validate=True)).read_all()
    assert read.equals(TABLE)


def test_one_batch_at_once():
    data, size = encode(TABLE.schema, TABLE.to_batches(10))
    reader = pa.ipc.open_stream(pybase64.b64decode(data, validate=True))
    assert len(list(reader)) == 1
    assert decode(data).equals(TABLE)
    assert size == len(pybase64.b64decode(data))


def test_no_rows():
    empty = TABLE.slice(0, 0)
    assert decode(encode(TABLE.schema, [])[0]).equals(empty)
    assert decode(b"".join(encode_in_parts(TABLE.schema, []))).equals(empty)


def test_any_split_gives_the_same_text():
    chance = random.Random(7)
    for _ in range(300):
        content = chance.randbytes(chance.randrange(40))
        encoder, text, rest = Base64(), b"", content
        while rest:
            cut = chance.randrange(1, 6)
            text += b"".join(encoder.feed(memoryview(rest[:cut])))
            rest = rest[cut:]
        assert text + encoder.finish() == pybase64.b64encode(content)
