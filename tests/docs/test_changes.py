"""Change fragments have the form that a release can join."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.pages import ROOT

FRAGMENTS = sorted(path for path in (ROOT / "changes").glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.stem)
def test_form(fragment: Path) -> None:
    text = fragment.read_text(encoding="utf-8")
    assert re.match(r"kind: (added|changed|fixed|removed|security)\n\n\S", text)
    assert len(text.split()) < 120
