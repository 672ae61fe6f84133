"""From the table the server sends to the table a person expects.

The wire table carries helpers: columns that sort and mark totals, total rows among the
data rows, and two columns for a dated grain (`f[month]__raw`, a timestamp, at the place
where it was asked for, and `f[month]`, its text, at the end). Query digest §2.4, §4.4.
"""

from __future__ import annotations

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_RESERVED: Final = re.compile(r"^\$omni_|^__omni_|__omni_sort(_\d+)?$|__omni_summ(_\d+)?$")
_INDICATORS: Final = (
    "$omni_column_total_indicator",
    "__omni_column_total_indicator",
    "$omni_row_total_indicator",
    "__omni_row_total_indicator",
)
_RAW: Final = "__raw"


def tidy(table: pa.Table, *, keep_totals: bool = False) -> pa.Table:
    """Return data columns only, one per requested field, without total rows.

    A grain pair becomes one column under the plain name, holding the timestamp. With
    `keep_totals` the total rows stay; their rolled-up dimensions are NULL.
    """
    if not keep_totals:
        table = _drop_totals(table)
    names = table.column_names
    paired = {name.removesuffix(_RAW) for name in names if name.endswith(_RAW)} & set(names)
    kept = [
        position for position, name in enumerate(names) if not _RESERVED.search(name) and name not in paired
    ]
    chosen = table.select(kept)
    return chosen.rename_columns([_plain(name, paired) for name in chosen.column_names])


def _plain(name: str, paired: set[str]) -> str:
    plain = name.removesuffix(_RAW)
    return plain if plain in paired else name


def _drop_totals(table: pa.Table) -> pa.Table:
    for name in _INDICATORS:
        if name in table.column_names:
            marks = pc.fill_null(table.column(name).cast(pa.string()), "")
            table = table.filter(pc.equal(marks, ""))
    return table
