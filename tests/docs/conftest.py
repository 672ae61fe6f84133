"""The server that documentation runs against: the demo as a reader starts it, at its default scale."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.live import clean_environment, live_server


@pytest.fixture(scope="package")
def live_environment() -> Iterator[dict[str, str]]:
    """Yield the variables a reader sets after `make demo`."""
    with live_server(scale=0.2) as live:
        yield clean_environment(
            PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            OMNI_BASE_URL=live.base_url,
            OMNI_API_KEY=live.api_key,
            OMNI_MODEL_ID=live.model_id,
            SSL_CERT_FILE=live.ca_file,
            REQUESTS_CA_BUNDLE=live.ca_file,
        )
