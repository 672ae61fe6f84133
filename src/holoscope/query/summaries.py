"""Totals taken from the rows instead of aggregated anew: `custom_summary_types` (query digest §2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from holoscope.kit.errors import BadRequest, InvalidQuery

_SAID = ("type", "summary_type", "aggregate_type", "aggregation")


class Summary(StrEnum):
    """What a total makes of the values of its rows."""

    SUM = "sum"
    AVERAGE = "average"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    NONE = "none"


_SPELLINGS: Mapping[str, Summary | None] = {
    **{summary.value: summary for summary in Summary},
    "total": Summary.SUM,
    "avg": Summary.AVERAGE,
    "mean": Summary.AVERAGE,
    "minimum": Summary.MIN,
    "maximum": Summary.MAX,
    "counta": Summary.COUNT,
    "hidden": Summary.NONE,
    "": None,
    "aggregation": None,
    "aggregate": None,
    "default": None,
    "automatic": None,
    "auto": None,
}


def read_summaries(value: object) -> dict[str, Summary]:
    """Read the summaries by field; what is aggregated anew, as all totals are, is left out.

    Raises:
        BadRequest: it is no object.
        InvalidQuery: a summary has no meaning here.
    """
    if not value:
        return {}
    if not isinstance(value, Mapping):
        raise BadRequest("Bad Request: query.custom_summary_types: expected an object")
    found: dict[str, Summary] = {}
    for name, entry in value.items():
        said = entry
        if isinstance(entry, Mapping):
            said = next((entry[key] for key in _SAID if key in entry), "")
        word = str(said or "").rpartition(".")[2].strip().lower()
        word = word.removeprefix("omni_").removeprefix("fx_")
        if word not in _SPELLINGS:
            known = ", ".join(summary.value for summary in Summary)
            raise InvalidQuery(
                f"query.custom_summary_types.{name}: '{said}' is no summary of rows: use one of {known}, "
                "or aggregation."
            )
        summary = _SPELLINGS[word]
        if summary is not None:
            found[str(name)] = summary
    return found
