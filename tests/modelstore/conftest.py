from __future__ import annotations

from pathlib import Path

import pytest

from support.town import Town, build_town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return build_town(tmp_path)
