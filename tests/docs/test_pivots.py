"""Every example of the page of pivots and totals is asked, and answers as it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.answering import check
from support.cases import Case, read_pages
from support.overlaid import world_of

CASES = list(read_pages(Path(__file__).parents[2] / "docs/reference", "pivots-and-totals.md"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_example_answers_as_the_page_says(case: Case) -> None:
    assert check(case, world_of((), ""), None) is not None
