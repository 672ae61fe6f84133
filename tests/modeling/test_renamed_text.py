"""A key gets another name; its place, its value and its comments stay."""

from __future__ import annotations

import pytest

from holoscope.modeling.edits import renamed_text
from holoscope.modeling.writer import canonical_text

TEXT = """\
dimensions:
  # the key
  id:
    primary_key: true # of the table
  name: {}
"""


def test_place_and_comments_stay() -> None:
    text, problems = renamed_text("a.view", TEXT, ("dimensions", "id"), "code")
    assert problems == ()
    assert text == canonical_text("a.view", TEXT.replace("id:", "code:"))[0]
    assert "# the key" in str(text)
    assert "# of the table" in str(text)


def test_no_such_key_and_a_taken_name() -> None:
    for path, name in (
        (("dimensions", "none"), "x"),
        (("measures", "id"), "x"),
        (("dimensions", "id"), "name"),
    ):
        with pytest.raises(KeyError):
            renamed_text("a.view", TEXT, path, name)


def test_no_yaml() -> None:
    text, problems = renamed_text("a.view", "a: [", ("a",), "b")
    assert text is None
    assert problems
