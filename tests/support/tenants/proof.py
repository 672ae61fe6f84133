"""One random world, asked many questions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

from support.tenants.inquiry import Inquiry
from support.tenants.live import open_live
from support.tenants.oracle import Oracle
from support.tenants.world import draw_world


def ask_about(seed: str, folder: Path, questions: int, seen: Counter[str]) -> None:
    """Draw the world of a seed, make it live in a new `folder`, and ask; `seen` counts what happened.

    Raises:
        AssertionError: an answer is not that of the rows its asker may see, or bytes hold what is not theirs.
    """
    random = Random(seed)
    world = draw_world(random)
    folder.mkdir()
    oracle = Oracle(world)
    live = open_live(world, folder, random)
    try:
        inquiry = Inquiry(live, oracle, random, seed, seen)
        inquiry.ask_inner_sums()
        for _ in range(questions):
            inquiry.ask()
        inquiry.search_what_is_kept()
    finally:
        live.close()
        oracle.close()
