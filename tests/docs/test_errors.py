"""A code that a client can receive is a code that a client can look up, with the right status."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import holoscope
from holoscope.kit.errors import HoloscopeError

PAGE = (Path(__file__).parents[2] / "docs/reference/errors.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^- `(?P<code>\w+)` \((?P<status>\d{3})(?:, `(?P<type>\w+)`)?\):", re.MULTILINE)
OUTSIDE_THE_FAMILY = {"rate_limited": 429, "head_too_large": 431}
"""Answered in front of the application, where there is no exception."""


def family() -> list[type[HoloscopeError]]:
    for module in pkgutil.walk_packages(holoscope.__path__, "holoscope."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    known, newest = [HoloscopeError], [HoloscopeError]
    while newest:
        newest = [child for parent in newest for child in parent.__subclasses__()]
        known += newest
    return [error for error in known if error.__module__.startswith("holoscope.")]


ENTRIES = {found["code"]: (int(found["status"]), found["type"]) for found in ENTRY.finditer(PAGE)}


def test_every_code_has_an_entry_with_its_status() -> None:
    expected = {error.code: error.status for error in family()} | OUTSIDE_THE_FAMILY
    assert {code: status for code, (status, _) in ENTRIES.items()} == expected


def test_a_code_means_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for error in family():
        statuses.setdefault(error.code, set()).add(error.status)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_the_words_for_failed_queries_are_right() -> None:
    types: dict[str, set[str]] = {}
    for error in family():
        types.setdefault(error.code, set()).add(error.error_type)
    assert [code for code, (_, kind) in ENTRIES.items() if kind and types[code] != {kind}] == []
