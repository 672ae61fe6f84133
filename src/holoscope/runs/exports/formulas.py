"""Text that a spreadsheet would run as a formula, made harmless.

A cell of text that starts with = + - @, TAB, CR, LF or a full-width = + - @ gets a leading apostrophe.
Numbers are never touched, nor is a formatted number that is nothing but sign, currency, digits and
unit: `-$5.00` stays. (CWE-1236.)
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_STARTS = pa.array(sorted(STARTS), pa.utf8())
_WRITTEN_NUMBER = r"^[+-][\p{Sc}A-Z]{0,4}[\p{Sc}]?\(?[0-9][0-9.,\x{a0}\x{202f}\x{2019} ]*\)?[%KMBT]?$"


def neutral(values: pa.Array | pa.ChunkedArray, *, of_numbers: bool = False) -> pa.Array | pa.ChunkedArray:
    """Give texts of which none is a formula; `of_numbers` says that numbers were written here."""
    risky = pc.is_in(pc.utf8_slice_codeunits(values, 0, 1), _STARTS)
    if of_numbers:
        risky = pc.and_not(risky, pc.fill_null(pc.match_substring_regex(values, _WRITTEN_NUMBER), False))
    if not pc.any(risky).as_py():
        return values
    return pc.if_else(risky, pc.binary_join_element_wise("'", values, ""), values)
