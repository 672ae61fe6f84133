"""Three queries that share out one query's rows: a filter holds, does not hold, cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holoscope.modeling.fields import Dimension
from holoscope.modeling.model import Model

Body = dict[str, Any]


def partitions(body: Body, model: Model) -> Iterator[tuple[Body, list[Body]]]:
    """For the first plain filter on a dimension: the rows without it, and the three parts of them.

    Rows are asked as they are, without grouping: only then is every row in exactly one part.
    """
    for name, asked in body["filters"].items():
        view, _, field = name.partition(".")
        found = model.views[view].dimensions.get(field)
        if not isinstance(found, Dimension) or asked["type"] in ("null", "composite", "boolean"):
            continue
        rest = {key: one for key, one in body["filters"].items() if key != name and _is_dimension(key, model)}
        fields = [one for one in body["fields"] if _is_dimension(one.partition("[")[0], model)] or [name]
        plain = {**body, "fields": fields, "default_group_by": False, "limit": None, "offset": 0, "sorts": []}
        null = {"type": "null", "is_negative": False}
        known = {"type": "null", "is_negative": True}
        both = [{**asked, "is_negative": False}, {**asked, "is_negative": True}]
        parts: list[Body] = [
            {"type": "composite", "conjunction": "AND", "filters": [one, known]} for one in both
        ]
        # What is read for a filter may add rows by its join: the whole must read it too.
        everything = {"type": "composite", "conjunction": "OR", "filters": [null, known]}
        yield (
            {**plain, "filters": {**rest, name: everything}},
            [{**plain, "filters": {**rest, name: part}} for part in [*parts, null]],
        )
        return


def _is_dimension(name: str, model: Model) -> bool:
    view, _, field = name.partition(".")
    return field in model.views[view].dimensions
