"""The README's example is what the code really does, at the scale of the demo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.regenerate import GENERATED, README, Shown, excerpt, render, status

from support.pages import ROOT, blocks
from support.shop import shop_database

DEMO_SCALE = 0.2


@pytest.fixture(scope="module")
def shown() -> Shown:
    return Shown(shop_database(DEMO_SCALE))


@pytest.mark.parametrize("page", GENERATED, ids=lambda page: str(page.relative_to(ROOT)))
def test_generated_parts_are_up_to_date(page: Path, shown: Shown) -> None:
    text = page.read_text(encoding="utf-8")
    assert render(text, shown) == text, "run: .venv/bin/python docs/regenerate.py"


def test_the_answer_has_three_rows(shown: Shown) -> None:
    assert len(shown.answer().splitlines()) == len(["fence", "header", 1, 2, 3, "fence"])


def test_the_first_screen_is_short_and_says_who_we_are() -> None:
    first_screen = README.read_text(encoding="utf-8").partition("\n---\n")[0]
    prose = re.sub(r"```.*?```", "", first_screen, flags=re.DOTALL)
    assert len([line for line in prose.splitlines() if line.strip()]) <= 40
    assert "not affiliated" in prose
    assert {"make demo"} <= {
        line.split("#")[0].strip() for block in blocks(README) for line in block.body.splitlines()
    }


def test_the_status_line_counts_the_contract() -> None:
    served, published = map(int, re.findall(r"served (\d+)/(\d+)", status())[0])
    missing = (ROOT / "contract/missing.txt").read_text(encoding="utf-8").split()
    assert served == published - len(missing) > 0


def test_excerpt_keeps_headings_and_drops_the_rest() -> None:
    lines = ["# note", "schema: main", "label: X", "measures:", "  a:", "    sql: 1", "  b:", "    sql: 2"]
    assert excerpt(lines, ("schema", "measures.b")) == ["schema: main", "measures:", "  b:", "    sql: 2"]
