"""The stream is read line by line, however the bytes are cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holoscope.client.errors import BadResponse
from holoscope.client.lines import read_answer, split_lines
from support.lines import JOB, complete, footer, header, ndjson

WHOLE = ndjson(header(), complete(pa.table({"a.ü": ["é", None, "雪"]})), footer())


@given(st.lists(st.integers(min_value=0, max_value=len(WHOLE)), max_size=12))
def test_any_cutting_gives_the_same_answer(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WHOLE)]
    chunks = [WHOLE[start:end] for start, end in itertools.pairwise(edges)]
    answer = read_answer(chunks)
    assert answer.submitted == (JOB,)
    assert answer.jobs[JOB].result == read_answer([WHOLE]).jobs[JOB].result


@given(st.integers(min_value=0, max_value=len(WHOLE) - 2))
def test_every_true_prefix_is_refused(length: int) -> None:
    with pytest.raises(BadResponse):
        read_answer([WHOLE[:length]])


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    with pytest.raises(BadResponse, match="more than 5000 bytes"):
        list(split_lines(endless(), longest_line_bytes=5000))
    assert taken == 6


def test_blank_lines_are_nothing() -> None:
    assert list(split_lines([b"\n \n{}\n\n"])) == [(b"{}", True)]
