"""Secrets stay secret, and weak ones guard nothing."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import secrets
import traceback

import pytest

from holoscope.kit.secrets import SecretText, WeakSecret, strong_secret

CANARY = "canary-0123456789-abcdefghij-KLMNOPQRST"


def test_it_reveals_on_request_only() -> None:
    secret = SecretText(CANARY)
    assert (secret.reveal(), secret.reveal_bytes()) == (CANARY, CANARY.encode())
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>60}",
        f"{secret} {secret!r}",
        f"{[secret]}",
    ]
    assert not any("canary" in text for text in shown)


def test_logs_and_tracebacks_do_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = SecretText(CANARY)
    logging.getLogger("x").warning("here: %s %r %s", secret, {"key": secret}, (secret,))
    try:
        raise ValueError(secret)
    except ValueError:
        assert "canary" not in traceback.format_exc()
    assert "canary" not in caplog.text


def test_it_does_not_travel() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SecretText(CANARY))
    with pytest.raises(TypeError):
        copy.copy(SecretText(CANARY))
    with pytest.raises(TypeError):
        json.dumps(SecretText(CANARY))


def test_equality() -> None:
    assert SecretText(CANARY) == SecretText(CANARY)
    assert SecretText(CANARY) != SecretText(CANARY + "x")
    assert SecretText(CANARY) != CANARY
    assert len({SecretText(CANARY), SecretText(CANARY)}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "tiny-one",
        "x" * 31,
        "a" * 64,
        "abc" * 20,
        "changeme" * 5 + "0123456789",
        "CHANGE_ME_0123456789_abcdefghijklmnop",
        "my-super-secret-key-0123456789-abcdef",
        "example-0123456789-abcdefghijklmnopqr",
        "this is the default password 0123456789",
    ],
)
def test_weak_ones_are_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(WeakSecret) as refused:
        strong_secret(text, "embed_secret")
    assert "embed_secret" in str(refused.value)
    if text.strip():
        assert text not in str(refused.value)


def test_random_ones_are_accepted() -> None:
    for _ in range(1000):
        text = secrets.token_hex(32)
        assert strong_secret(text, "pepper").reveal() == text
