"""The mark of writes, between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from holoscope.storage.changes import LocalChanges, SharedChanges

ADVANCE = "import sys; from pathlib import Path; from holoscope.storage.changes import SharedChanges; "


def test_it_is_another_after_each_advance(tmp_path: Path) -> None:
    for changes in (LocalChanges(), SharedChanges(tmp_path / "changes")):
        seen = {changes.mark}
        for _ in range(100):
            changes.advance()
            seen.add(changes.mark)
        assert len(seen) == 101


def test_another_process_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "changes"
    ours = SharedChanges(path)
    before = ours.mark
    code = ADVANCE + "SharedChanges(Path(sys.argv[1])).advance()"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=60)
    assert ours.mark != before
    assert SharedChanges(path).mark == ours.mark
