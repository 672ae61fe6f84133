"""What every run of the tests begins with."""

from __future__ import annotations

from support.seeds import settle_seeds

SEEDS = settle_seeds()  # before any test is read, and before workers start


def pytest_report_header() -> str:
    return f"seeds: {SEEDS}"
