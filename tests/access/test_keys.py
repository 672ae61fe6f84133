"""The text of a key, and the routine the documentation gives to scanners."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest

from holoscope.access.keys import checksum, digest_of, is_well_formed, new_key_text, public_prefix
from holoscope.kit.secrets import SecretText

PAGE = (Path(__file__).parents[2] / "docs/reference/api-keys.md").read_text(encoding="utf-8")
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


@pytest.fixture(scope="module")
def documented() -> dict[str, Any]:
    """The names that the page's Python block defines."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 1
    names: dict[str, Any] = {}
    exec(blocks[0], names)
    return names


def test_a_hundred_thousand_keys_are_valid_and_distinct() -> None:
    texts = {new_key_text().reveal() for _ in range(100_000)}
    assert len(texts) == 100_000
    assert all(map(is_well_formed, texts))
    assert {len(text) for text in texts} == {65}
    for place in (9, 33, 58):
        assert {text[place] for text in texts} == set(BASE62)


def test_every_change_of_one_character_is_noticed() -> None:
    for _ in range(5):
        text = new_key_text().reveal()
        for place in range(len(text)):
            for character in BASE62 + "_-é ":
                if character != text[place]:
                    assert not is_well_formed(text[:place] + character + text[place + 1 :])


def test_neighbours_that_swap_places_are_noticed() -> None:
    text = new_key_text().reveal()
    for place in range(9, 64):
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        assert swapped == text or not is_well_formed(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "omni_osk_",
        "omni_osk_" + "0" * 56,
        "omni_osk_" + "é" * 56,
        "omni_osk_" + "٣" * 56,
        "x" * 65,
        "\0" * 65,
    ],
)
def test_what_is_no_key(text: str) -> None:
    assert not is_well_formed(text)


def test_a_key_with_something_around_it_is_none() -> None:
    text = new_key_text().reveal()
    for changed in (text + "\n", " " + text, text + "0", text[:-1], text.upper(), text.lower()):
        assert not is_well_formed(changed)


def test_the_documented_routine_agrees(documented: dict[str, Any]) -> None:
    for _ in range(1000):
        text = new_key_text().reveal()
        assert documented["is_key"](text)
        assert documented["checksum"](text[:59]) == checksum(text[:59]) == text[59:]
        assert not documented["is_key"](text[:-1] + ("0" if text[-1] != "0" else "1"))


def test_small_checksums_are_padded(documented: dict[str, Any]) -> None:
    found = next(text for text in (f"omni_osk_{n:050d}" for n in range(200_000)) if checksum(text)[0] == "0")
    assert len(checksum(found)) == 6
    assert documented["checksum"](found) == checksum(found)


def test_the_documented_expression_finds_keys_in_text() -> None:
    pattern = re.search(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
    assert pattern is not None
    text = new_key_text().reveal()
    assert re.findall(pattern[1], f"export KEY='{text}' # and {text}0") == [text]


def test_digests_need_the_pepper() -> None:
    text = new_key_text().reveal()
    assert digest_of(text, b"one") != digest_of(text, b"two")
    assert digest_of(text, b"one") == digest_of(text, b"one")
    assert len(digest_of(text, b"one")) == 32


def test_the_public_part_is_short() -> None:
    text = new_key_text()
    assert public_prefix(text) == text.reveal()[:15]
    assert public_prefix(SecretText("omni_osk_abcdefgh")) == "omni_osk_abcdef"
