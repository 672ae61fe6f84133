"""Exact decimals: PostgreSQL's `numeric` arrives as text and leaves as decimal128, every digit kept.

A column with a declared scale has it in its type. One without, such as a quotient, gets the scale its
values show: of the whole result where that was seen, else with room for more. What does not fit is an
error that says what to do; nothing is rounded (docs/decisions/0041).
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from holoscope.kit.errors import WarehouseError

DIGITS = 38
_ROOM = 18
_LONG_DIGITS = 18


def declared(typmod: int) -> pa.DataType | None:
    """Give the decimal type of a declared precision and scale, None when there is none or it is too wide."""
    if typmod < 4:
        return None
    precision, scale = (typmod - 4) >> 16 & 0xFFFF, (typmod - 4) & 0x7FF
    if scale > 0x3FF:  # below zero: 5 digits that end in zeros
        precision, scale = precision + 0x800 - scale, 0
    precision = max(precision, scale)
    return pa.decimal128(precision, scale) if precision <= DIGITS else None


def shown(columns: Iterable[pa.Array], name: str, *, is_whole: bool) -> pa.DataType:
    """Choose a type that holds the texts of `columns`; `is_whole` says that no more will come.

    Raises:
        WarehouseError: no decimal of 38 digits holds them all.
    """
    before = after = needed = 0
    for texts in columns:
        digits = pc.utf8_ltrim(texts, "-")
        point = pc.find_substring(digits, ".")
        length = pc.binary_length(digits)
        has_point = pc.greater_equal(point, 0)
        whole = pc.if_else(has_point, point, length)
        before = max(before, pc.max(whole).as_py() or 0)
        fraction = pc.if_else(has_point, pc.subtract(pc.subtract(length, point), 1), 0)
        after = max(after, pc.max(fraction).as_py() or 0)
        if before + after > DIGITS:
            bare = pc.if_else(has_point, pc.utf8_rtrim(digits, "0"), digits)
            short = pc.subtract(pc.subtract(pc.binary_length(bare), point), 1)
            needed = max(needed, pc.max(pc.if_else(has_point, short, 0)).as_py() or 0)
    if before + after > DIGITS:
        after = needed
    if before + after > DIGITS:
        raise misfit(name)
    if is_whole:
        is_long = after == 0 and 0 < before <= _LONG_DIGITS
        return pa.int64() if is_long else pa.decimal128(DIGITS, after)
    return pa.decimal128(DIGITS, max(after, min(_ROOM, DIGITS - before - 2)))


def exact(texts: pa.Array, target: pa.DataType, name: str) -> pa.Array:
    """Read texts as numbers of a type.

    Raises:
        WarehouseError: one of them would lose digits, or is NaN or infinite.
    """
    try:
        return pc.cast(texts, target)
    except pa.ArrowInvalid:
        raise misfit(name) from None


def misfit(name: str) -> WarehouseError:
    return WarehouseError(
        f'A number of the column "{name}" has no place in a decimal of 38 digits, or is NaN or infinite. '
        "Cast the expression to NUMERIC(38, 9) or DOUBLE PRECISION in the model."
    )
