"""Sealed secrets open with their key and in their row alone."""

from __future__ import annotations

import pytest

from holoscope.kit.secrets import SecretText
from holoscope.storage.sealed import CannotUnseal, Sealer

SEALER = Sealer(SecretText("0123456789abcdef" * 4))


def test_there_and_back():
    for text in ("", "pass", "pässwörd\x00", "x" * 10_000):
        sealed = SEALER.seal(SecretText(text), "row")
        assert SEALER.open(sealed, "row") == SecretText(text)
        assert not text or text not in sealed
    assert SEALER.seal(SecretText("a"), "row") != SEALER.seal(SecretText("a"), "row")


@pytest.mark.parametrize("change", ["row", "key", "damage", "version", "empty", "text"])
def test_anything_else_stays_closed(change):
    sealed = SEALER.seal(SecretText("pass"), "row")
    sealer = Sealer(SecretText("another key, of some length")) if change == "key" else SEALER
    damaged = {
        "damage": sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:],
        "version": "v2" + sealed[2:],
        "empty": "",
        "text": "v1:not base64!",
    }
    with pytest.raises(CannotUnseal) as caught:
        sealer.open(damaged.get(change, sealed), "other" if change == "row" else "row")
    assert "pass" not in caught.value.detail.replace("password", "")
