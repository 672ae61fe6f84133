"""Which views of the files are in the model, and which are offered (modeling digest §4).

`included_views` and `ignored_views` decide what exists; `included_schemas` and `ignored_schemas`
only what pickers show: what they leave out may still be named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from holoscope.modeling.views import View


def curated(views: Mapping[str, View], settings: Mapping[str, Any]) -> tuple[dict[str, View], set[str]]:
    """Return the views that exist, some of them hidden now, and the names of those that do not."""
    is_kept = _chooser(settings, "included_views", "ignored_views")
    is_shown = _chooser(settings, "included_schemas", "ignored_schemas")
    if is_kept is None and is_shown is None:
        return dict(views), set()
    kept: dict[str, View] = {}
    for name, view in views.items():
        if is_kept is None or is_kept(_names(view)):
            shown = is_shown is None or view.schema is None or is_shown(_schemas(view))
            kept[name] = view if shown or view.hidden else replace(view, hidden=True)
    return kept, views.keys() - kept.keys()


def _chooser(
    settings: Mapping[str, Any], included: str, ignored: str
) -> Callable[[Iterable[str]], bool] | None:
    if included in settings:
        wanted = _pattern(tuple(settings[included]))
        return lambda names: any(wanted.match(name) for name in names)
    if ignored in settings:
        unwanted = _pattern(tuple(settings[ignored]))
        return lambda names: not any(unwanted.match(name) for name in names)
    return None


@lru_cache(64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Match any of some names, in any letter case; `*` stands for any text."""
    parts = (".*".join(re.escape(piece) for piece in str(word).strip().split("*")) for word in words)
    return re.compile(rf"(?:{'|'.join(parts)})\Z" if words else r"(?!)", re.IGNORECASE)


def _schemas(view: View) -> tuple[str, ...]:
    schema = view.schema or ""
    return (schema, f"{view.catalog}.{schema}") if view.catalog else (schema,)


def _names(view: View) -> tuple[str, ...]:
    if view.schema is None:
        return (view.name,)
    table = view.table_name or view.name
    scoped = (f"{view.schema}.{item}" for item in (view.name, table))
    return (view.name, *scoped, f"{view.schema}__{table}")
