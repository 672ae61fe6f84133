"""The form of a question to the shop and of its hand-written answer."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

ANCHOR = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
"""The instant that questions about relative dates (`at_anchor`) are asked."""


class Truth(NamedTuple):
    """A question and its answer.

    `ordered` says that the row order is part of the answer. `at_anchor` says that the question
    holds only when asked at `ANCHOR`. `attributes` are those of the person who asks.
    """

    query: dict[str, Any]
    sql: str
    ordered: bool = True
    at_anchor: bool = False
    attributes: dict[str, tuple[str, ...]] = {}  # noqa: RUF012  (never changed)


def ask(topic: str, *fields: str, **more: Any) -> dict[str, Any]:
    """Build a query object on a topic; its base view is the topic's name unless `table` says otherwise."""
    return {
        "table": topic,
        "join_paths_from_topic_name": topic,
        "fields": list(fields),
        "limit": 50000,
        **more,
    }


def by(*names: str) -> list[dict[str, Any]]:
    """Build `sorts`; a leading minus sorts descending."""
    return [
        {"column_name": name.removeprefix("-"), "sort_descending": name.startswith("-")} for name in names
    ]


AGGREGATION = {"type": "aggregation"}
