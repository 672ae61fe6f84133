"""What the evaluator hands back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Joined = dict[str, Row | None]


class Refusal(Exception):
    """The query has no answer; `code` is the public code of the error the compiler should raise."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass
class Answer:
    """A result.

    `columns` are the visible columns in wire order, grain partners last. `rows` are in sort order.
    `classes` names for each row `data`, `total` or `subtotal:<field>`. `ordered` says how far the
    order is pinned: rows with equal entries in `sort_keys` may come in any order.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]
    classes: list[str] = field(default_factory=list)
    sort_keys: list[tuple[Any, ...]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
