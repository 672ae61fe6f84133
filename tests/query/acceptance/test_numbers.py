"""Every acceptance case and every body of the catalogue has a test by its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("folder", "most"), [(HERE, 64), (HERE.parent / "bodies", 33)], ids=["cases", "bodies"]
)
def test_no_number_is_left_out(folder: Path, most: int) -> None:
    texts = "".join(path.read_text("utf-8") for path in folder.glob("test_*.py"))
    numbers = [int(number) for number in re.findall(r"^def test_(\d\d)_", texts, re.MULTILINE)]
    assert sorted(numbers) == list(range(1, most + 1))
