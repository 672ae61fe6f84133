"""Passwords: which will do, how they are kept, and that a flood of checks stays small."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import extract_parameters

from holoscope.access import passwords
from holoscope.access.passwords import (
    PasswordChecks,
    SignInBusy,
    chosen_password,
    hash_password,
    is_password,
    needs_new_hash,
)
from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("short", "at least 12 characters"),
        ("x" * 257, "cannot exceed 256"),
        ("abababababab", "repeats the same few"),
        ("Somebody@Shop.example", "must not be the e-mail"),
    ],
)
def test_what_will_not_do(text: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=f"Bad Request: password: .*{reason}") as refused:
        chosen_password(text, field="password", email="somebody@shop.example")
    assert text not in refused.value.detail


@pytest.mark.parametrize("text", ["correct horse", "пароль-длинный", " " * 8 + "abcdef"])
def test_what_will_do(text: str) -> None:
    assert chosen_password(text, field="password", email="a@b.example").reveal() == text


def test_two_spellings_of_one_password_are_one() -> None:
    assert is_password(SecretText("pässword-ﬁt"), hash_password(SecretText("pässword-fit")))


def test_where_there_is_no_hash_the_same_work_is_done() -> None:
    kept, nobodys = hash_password(SecretText("x" * 12)), passwords._NOBODYS_HASH
    assert extract_parameters(kept) == extract_parameters(nobodys)
    assert not needs_new_hash(nobodys)
    assert not PasswordChecks().fits(SecretText("x"), None)
    assert needs_new_hash(kept.replace("t=2", "t=1"))


def test_a_flood_is_sent_away_and_those_in_line_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = 0, 0, threading.Lock()

    def slow(_password: SecretText, _stored: str) -> bool:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.2)
        with lock:
            at_work -= 1
        return True

    monkeypatch.setattr(passwords, "is_password", slow)
    checks = PasswordChecks(at_once=2, waiting=3)
    start = threading.Barrier(20)

    def ask(_: int) -> str:
        start.wait(timeout=30)
        try:
            return "fits" if checks.fits(SecretText("x"), "hash") else "not"
        except SignInBusy:
            return "busy"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert most == 2
    assert answers.count("fits") >= 5
    assert answers.count("busy") >= 5
    assert (SignInBusy.status, SignInBusy.retry_seconds) == (503, 1)
    assert checks.fits(SecretText("x"), "hash")
