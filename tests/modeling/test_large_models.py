"""Every documented parameter is known, and a large model is read in time that grows with its size."""

from __future__ import annotations

import time

import pytest

from holoscope.modeling.check import check_model
from holoscope.modeling.codes import Code
from holoscope.modeling.load import forget_loads
from holoscope.modeling.reader.files import forget_files
from holoscope.modeling.writer import canonical_text
from support.large_models import large_model
from support.pace import within

_BAD = {Code.UNKNOWN_KEY, Code.BAD_YAML, Code.WRONG_TYPE, Code.UNKNOWN_OPERATOR, Code.UNKNOWN_WORD}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_documented_parameter_is_unknown(seed: int) -> None:
    files = large_model(seed)
    found = [str(item) for item in check_model(files) if item.code in _BAD]
    assert found == []
    assert all(canonical_text(file, text)[0] == text for file, text in files.items())


def test_time_grows_with_the_size() -> None:
    def seconds(views: int) -> float:
        files = large_model(1, views)
        forget_files()
        forget_loads()
        started = time.process_time()
        check_model(files)
        return time.process_time() - started

    seconds(20)
    assert within(lambda: 4 * seconds(60) * 3 + 0.5, lambda: seconds(240))
