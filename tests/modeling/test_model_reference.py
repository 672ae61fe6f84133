"""Every key that the reader knows is explained in the reference of the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holoscope.modeling.reader import keys

PAGES = Path(__file__).parents[2] / "docs/reference/model"
SECTIONS = {
    "model-file.md": (
        keys.MODEL,
        keys.ACCESS_GRANT,
        keys.ACCESS_FILTER,
        keys.CACHE_POLICY,
        keys.CALENDAR,
        keys.CALENDAR_MAPPINGS,
    ),
    "relationships.md": (keys.RELATIONSHIP,),
    "views.md": (keys.VIEW, keys.ROLLUP),
    "fields.md": (keys.DIMENSION, keys.MEASURE),
    "topics.md": (
        keys.TOPIC,
        keys.SAMPLE_QUERY,
        keys.COMPOSITE_TOPIC,
        keys.SHARED_DIMENSION,
        keys.SHARED_FIELD,
        keys.SHARED_MEASURE,
    ),
}


@pytest.mark.parametrize("page", SECTIONS)
def test_every_key_is_explained(page: str) -> None:
    explained = set(re.findall(r"`(\w+)`", (PAGES / page).read_text("utf-8")))
    known = {key for section in SECTIONS[page] for key in section}
    assert known - explained == set()
