"""Nobody gets a row, a masked value or a hidden name that is not theirs, by whatever they ask.

Random worlds of tenants, each on a live server, and random questions through every door. The answer must be
that of the same question over only the rows the asker may see; and every byte the server sends, writes to its
log or keeps on disk is searched for texts of 128 bits that stand in the rows, masks and names of others.

`LEAK_EXAMPLES` sets how many questions are asked (2,400 unless set; nights take 50,000) and `LEAK_SEED`
where they begin; `random` draws one; the head of the run prints it.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from support.seeds import seed_of
from support.tenants.proof import ask_about

TOTAL = int(os.environ.get("LEAK_EXAMPLES", "2400"))
A_WORLD = 75  # questions
SHARES = 8  # tests, which may run beside each other
ENOUGH = {"refused": 0.05, "rows": 0.25, "some rows": 0.15, "naive": 0.005, "hit": 0.01}
TELLING = 200  # questions; of fewer nothing is demanded


@pytest.mark.parametrize("share", range(SHARES))
def test_answers_are_those_of_the_rows_one_may_see(share: int, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    worlds = max(1, TOTAL // (A_WORLD * SHARES))
    for number in range(worlds):
        seed = f"{seed_of('LEAK_SEED')}/{share}/{number}"
        ask_about(seed, tmp_path / str(number), A_WORLD, seen)
    asked = worlds * A_WORLD
    sys.stdout.write(f"{asked} questions: {dict(sorted(seen.items()))}\n")
    for kind, part in ENOUGH.items() if asked >= TELLING else ():
        assert seen[kind] >= part * asked, f"only {seen[kind]} of {asked} questions were {kind}: {seen}"
