"""What the description says beside shapes is what the contract lists."""

from __future__ import annotations

from holoscope.http.application import describe
from holoscope.http.marks import BETA, own_operations
from support.pages import ROOT

OPERATIONS = {o["operationId"]: o for item in describe()["paths"].values() for o in item.values()}


def test_our_own_operations_are_marked_and_no_others() -> None:
    marked = {name for name, each in OPERATIONS.items() if each.get("x-own")}
    assert marked == own_operations() == set((ROOT / "contract/own.txt").read_text().split())


def test_beta_operations_are_served() -> None:
    assert set(OPERATIONS) >= BETA


def test_the_codes_of_errors_have_sentences() -> None:
    codes = describe()["x-error-codes"]
    assert {"not_found", "rate_limited", "last_administrator"} <= {each["code"] for each in codes}
    assert all(each["description"].endswith(".") and each["status"] >= 400 for each in codes), [
        each for each in codes if not each["description"].endswith(".")
    ]
