"""The generated secrets: made once, private, never weak."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from holoscope.kit.secrets import WeakSecret
from holoscope.storage.secret_file import load_or_create_secrets

NAMES = ("key_pepper", "session_secret", "embed_secret")


def test_first_run_makes_them_and_the_next_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secrets.json"
    first = load_or_create_secrets(path, NAMES)
    assert first.keys() == set(NAMES)
    assert len({secret.reveal() for secret in first.values()}) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(item.stat().st_mode) for item in path.parent.iterdir()} == {0o600}
    assert load_or_create_secrets(path, NAMES) == first


def test_a_new_name_leaves_the_others_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = load_or_create_secrets(path, NAMES[:1])
    assert load_or_create_secrets(path, NAMES)[NAMES[0]] == first[NAMES[0]]


def test_a_readable_file_is_tightened(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    load_or_create_secrets(path, NAMES)
    path.chmod(0o644)
    load_or_create_secrets(path, NAMES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["", "short", "changeme-changeme-changeme-0123456789"])
def test_a_weak_one_stops_the_start(tmp_path: Path, value: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"key_pepper": value}))
    with pytest.raises(WeakSecret, match="key_pepper"):
        load_or_create_secrets(path, NAMES)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key_pepper": 1}'])
def test_a_damaged_file_is_not_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(text)
    with pytest.raises(WeakSecret):
        load_or_create_secrets(path, NAMES)
    assert path.read_text() == text


def test_starting_twice_at_once_agrees(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load_or_create_secrets(path, NAMES), range(8)))
    assert all(item == found[0] for item in found)
