"""Timestamps as ISO 8601 text, a column at a time."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def iso_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write timestamps as `2025-07-01T00:00:00`, with `Z` when they carry a zone (always UTC).

    A fraction is written, with six digits, by those that have one.
    """
    seconds = values.cast(pa.timestamp("s", values.type.tz), safe=False)
    is_whole = pc.equal(seconds.cast(values.type, safe=False), values)
    text = seconds.cast(pa.utf8())
    if pc.all(is_whole).as_py() is False:
        text = pc.if_else(is_whole, text, values.cast(pa.utf8()))
    return pc.replace_substring(text, pattern=" ", replacement="T", max_replacements=1)
