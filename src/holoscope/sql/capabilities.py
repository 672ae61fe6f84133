"""Facts about a warehouse that the planner may branch on. It never branches on a dialect's name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a warehouse can do beyond plain SQL."""

    aggregate_before_join_pays: bool = False
    aggregate_by_hour_pays: bool = False
    """Moving a time into another zone costs more than grouping by the hour first."""
