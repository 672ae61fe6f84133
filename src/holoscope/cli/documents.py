"""Reading the files an operator names: JSON from a path or standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from holoscope.kit.errors import BadRequest


def read_query(source: str) -> dict[str, Any]:
    """Read a query, or a whole request body with one under `query`, from a path or `-` for stdin.

    Raises:
        BadRequest: the file cannot be read or is not a JSON object; says where it stops being one.
    """
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadRequest(f"Cannot read {source}: {reason}.") from None
    name = "standard input" if source == "-" else source
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{name} is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise BadRequest(f"{name} must hold a JSON object, the query.")
    return body


def with_model(body: dict[str, Any], model_id: str) -> dict[str, Any]:
    """Return the body with its query asking the given model."""
    inner = body.get("query")
    if isinstance(inner, dict):
        return {**body, "query": {**inner, "modelId": model_id}}
    return {**body, "modelId": model_id}
