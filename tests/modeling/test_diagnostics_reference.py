"""Every code is explained, and nothing else is."""

import re
from pathlib import Path

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity

PAGE = Path(__file__).parents[2] / "docs/reference/diagnostics.md"


def test_the_page_and_the_codes_agree():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert sorted(row[0] for row in rows) == sorted(Code)
    assert {row[1] for row in rows} == set(Severity)
    assert all(row[2].rstrip().endswith(".") for row in rows)
