"""Numbers that are written out as text, and text that writes numbers."""

from __future__ import annotations

from decimal import Decimal


def numeral(written: str) -> Decimal | None:
    """Read a text as the number it writes."""
    written = written.strip()
    percent = written.endswith("%")
    try:
        value = Decimal(written.rstrip("%").replace(",", "") if percent else written.replace(",", ""))
    except ArithmeticError:
        return None
    if not value.is_finite() or abs(value.adjusted()) > 300:
        return None
    return value / 100 if percent else value


def plain_text(value: Decimal) -> str:
    """Write a number as a cell shows it: no trailing zeros, no exponent."""
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written
