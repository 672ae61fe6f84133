"""Timing: interleaved rounds, paired ratios, medians with their range."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def paired(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 9
) -> tuple[list[float], list[float]]:
    """Time both in turn; give the seconds of each round."""
    ours(), theirs()
    mine, limit = [], []
    for _ in range(rounds):
        limit.append(seconds(theirs))
        mine.append(seconds(ours))
    return mine, limit


def ratio_line(name: str, mine: list[float], limit: list[float]) -> str:
    ratios = sorted(a / b for a, b in zip(mine, limit, strict=True))
    return (
        f"{name:32s} x{statistics.median(ratios):5.2f} [{ratios[0]:.2f}-{ratios[-1]:.2f}]"
        f"   {statistics.median(mine) * 1000:8.1f} ms against {statistics.median(limit) * 1000:8.1f} ms"
    )
