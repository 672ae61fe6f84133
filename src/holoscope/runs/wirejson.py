"""JSON of values that came from outside: fast for the usual, right for the odd."""

from __future__ import annotations

import json
from typing import Any

import orjson

from holoscope.kit.errors import BadRequest


def dumps(value: Any) -> bytes:  # noqa: ANN401  (a JSON value is anything)
    """Write compact JSON; whole numbers beyond 64 bits, lone surrogates and deep nesting included.

    Raises:
        BadRequest: nested deeper than can be written.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        try:
            return json.dumps(value, separators=(",", ":")).encode()
        except RecursionError:
            raise BadRequest("Bad Request: query: nested too deeply") from None
