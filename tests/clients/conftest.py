"""One running demo for the published clients, its certificate authority trusted as a user would."""

import shutil
from collections.abc import Iterator

import duckdb
import pytest

from support.live import Live, live_server


@pytest.fixture(scope="session")
def server() -> Iterator[Live]:
    with live_server(rate_limit=0, scale=0.002) as live:
        yield live


@pytest.fixture(autouse=True)
def trusted(server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", server.ca_file)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", server.ca_file)
    monkeypatch.setenv("OMNI_BASE_URL", server.base_url)
    monkeypatch.setenv("OMNI_API_KEY", server.api_key)


@pytest.fixture(scope="session")
def shop(server: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the very file the server reads, for hand-written SQL."""
    copy = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    shutil.copy(server.shop, copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection
