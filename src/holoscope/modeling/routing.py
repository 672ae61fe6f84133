"""Which extension of a shared model a user works on (modeling digest §4, `dynamic_shared_extensions`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from holoscope.modeling.model import ExtensionRoute

_TOKEN = re.compile(r"\{\{\s*omni_attributes\.(\w+)\s*\}\}")


def route_extension(
    routes: Iterable[ExtensionRoute], attributes: Mapping[str, tuple[str, ...]]
) -> str | None:
    """Return the name of the extension model for a user with these attributes; None for the model itself.

    The first route that leads somewhere counts, and in it the first extension. A pattern needs
    exactly one value: an attribute that is unset, or has several, leads nowhere.
    """
    for route in routes:
        if route.map_pattern is not None:
            name = _by_pattern(route.map_pattern, attributes)
        else:
            held = set(attributes.get(route.user_attribute or "", ()))
            name = next((name for name, values in route.mappings.items() if held & set(values)), None)
        if name is not None:
            return name
    return None


def _by_pattern(pattern: str, attributes: Mapping[str, tuple[str, ...]]) -> str | None:
    found = _TOKEN.search(pattern)
    values = attributes.get(found[1], ()) if found is not None else ()
    if found is None or len(values) != 1 or not values[0]:
        return None
    return pattern[: found.start()] + values[0] + pattern[found.end() :]
