"""What the description of an operation says beside its shape: ours alone, still in beta.

`contract/own.txt` lists the operations that only this server has; clients generated from the published
contract, such as the command line client, know the others. Beta is what the published contract calls so
(API digest §2, marks of each operation).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from holoscope.kit.errors import HoloscopeError

OWN_MARK = "x-own"
BETA_MARK = "x-beta"
CODES_KEY = "x-error-codes"
_IN_FRONT: tuple[dict[str, Any], ...] = (
    {"code": "rate_limited", "status": 429, "description": "Too many requests; wait `Retry-After` seconds."},
    {
        "code": "head_too_large",
        "status": 431,
        "description": "Address and headers are above 64 KiB together.",
    },
)
BETA = frozenset({"modelsYamlGet", "modelsYamlCreate", "modelsYamlDelete"})


@cache
def own_operations() -> frozenset[str]:
    """Return the operationIds that only this server has: package data, or `contract/own.txt` in a checkout.

    Raises:
        FileNotFoundError: the distribution was packed without it.
    """
    here = Path(__file__).resolve()
    for root in (here.parents[1], here.parents[3]):
        file = root / "contract/own.txt"
        if file.is_file():
            return frozenset(file.read_text(encoding="utf-8").split())
    raise FileNotFoundError("contract/own.txt")


def mark(operation: dict[str, Any]) -> None:
    """Put the marks on an operation object where they hold."""
    name = operation["operationId"]
    if name in own_operations():
        operation[OWN_MARK] = True
    if name in BETA:
        operation[BETA_MARK] = True


def error_codes() -> list[dict[str, Any]]:
    """List the codes that an error body may have: `code`, `status` and a sentence, by code.

    Where several failures share a code, the one nearest to the base says what it means.
    """
    found = {each["code"]: dict(each) for each in _IN_FRONT}
    for each in _failures(HoloscopeError):
        text = " ".join((each.__doc__ or "").split("\n\n")[0].split())
        found.setdefault(each.code, {"code": each.code, "status": each.status, "description": text})
    return sorted(found.values(), key=lambda one: (one["status"], one["code"]))


def _failures(base: type[HoloscopeError]) -> Iterator[type[HoloscopeError]]:
    """Walk the failures breadth first, ours alone, in the order of their names."""
    level = [base]
    while level:
        yield from (each for each in level if each.__module__.startswith("holoscope."))
        level = sorted(
            (child for each in level for child in each.__subclasses__()),
            key=lambda child: (child.__module__, child.__qualname__),
        )
