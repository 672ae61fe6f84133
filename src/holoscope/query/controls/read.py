"""The list of controls in a query, each as one flat object (query digest §2.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from holoscope.kit.errors import BadRequest

MOST_CONTROLS = 200


@dataclass(frozen=True, slots=True)
class Control:
    """One control: its type in capitals, what it says, and where it stands in the body, for errors.

    `map` says of single tiles that the control does not count there (False), or counts on another field.
    """

    id: str
    type: str
    config: Mapping[str, Any]
    at: str
    map: Mapping[str, Any] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Give a text the control must have.

        Raises:
            BadRequest: it has none.
        """
        value = self.config.get(key)
        if not isinstance(value, str) or not value.strip():
            raise BadRequest(f"Bad Request: {self.at}.{key}: Required")
        return value.strip()

    def items(self, key: str) -> list[Any]:
        """Give a list the control may have.

        Raises:
            BadRequest: there is something else.
        """
        value = self.config.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadRequest(f"Bad Request: {self.at}.{key}: expected an array")
        return value

    def options(self) -> list[str]:
        """Give the values that may be chosen, none where the control does not say."""
        found = [each.get("value") if isinstance(each, Mapping) else each for each in self.items("options")]
        return [each for each in found if isinstance(each, str)]


def read_controls(value: object, at: str) -> list[Control]:
    """Read an array of controls, or the object of a dashboard (`{"data": {id: {config, map}}}`).

    Raises:
        BadRequest: it is neither, or too long.
    """
    if isinstance(value, Mapping):
        value = value.get("data", value)
        entries = list(value.items()) if isinstance(value, Mapping) else []
    elif isinstance(value, list):
        entries = [(str(number), entry) for number, entry in enumerate(value)]
    else:
        raise BadRequest(f"Bad Request: {at}: expected an array of controls")
    if len(entries) > MOST_CONTROLS:
        raise BadRequest(f"Bad Request: {at}: at most {MOST_CONTROLS} controls, received {len(entries)}")
    return list(_each(entries, at))


def _each(entries: list[tuple[str, Any]], at: str) -> Iterator[Control]:
    for key, entry in entries:
        place = f"{at}.{key}"
        if not isinstance(entry, Mapping):
            raise BadRequest(f"Bad Request: {place}: expected an object")
        config = entry.get("config", entry)
        if not isinstance(config, Mapping):
            raise BadRequest(f"Bad Request: {place}.config: expected an object")
        kind = config.get("type")
        if not isinstance(kind, str) or not kind:
            raise BadRequest(f"Bad Request: {place}.type: Required")
        map_ = entry.get("map") or {}
        if not isinstance(map_, Mapping):
            raise BadRequest(f"Bad Request: {place}.map: expected an object")
        word = kind.upper() if kind.upper() in KINDS else kind.lower()
        yield Control(str(config.get("id") or key), word, config, place, map_)


KINDS = frozenset(
    {
        "FIELD_SELECTION",
        "MULTI_FIELD_SELECTION",
        "FIELD_PICKER",
        "MULTI_FIELD_FILTER",
        "DYNAMIC_FILTER",
        "TOP_N",
        "PERIOD_OVER_PERIOD",
    }
)
"""The controls that are no plain filter."""
