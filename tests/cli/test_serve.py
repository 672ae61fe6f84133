"""`holoscope serve` on a prepared data folder: own certificate, proxies, plain HTTP said loudly."""

import json
import ssl
from pathlib import Path

import httpx2
import pytest
import trustme

from support.live import start_demo
from support.serving import headers, serving


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an organization, a key and a model, held by nobody."""
    live = start_demo(tmp_path_factory.mktemp("serve") / "data")
    assert live.stop() == 0
    return live.folder


def get(url: str, sent: dict[str, str], *, ca: Path | None = None) -> httpx2.Response:
    context = ssl.create_default_context(cafile=ca) if ca else True
    with httpx2.Client(verify=context, trust_env=False) as http:
        return http.get(f"{url}/api/v1/whoami", headers=sent)


def test_the_local_authority(prepared: Path) -> None:
    ca = prepared / "tls" / "ca.pem"
    with serving(prepared) as (url, log):
        assert url.startswith("https://localhost:")
        assert get(url, headers(prepared), ca=ca).status_code == 200
        assert f"NODE_EXTRA_CA_CERTS={ca}" in log.read_text()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    asked = [line for line in lines if line.get("path") == "/api/v1/whoami"]
    assert asked
    assert asked[0]["request_id"]
    assert asked[0]["status"] == 200


def test_an_own_certificate(prepared: Path, tmp_path: Path) -> None:
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    chain, key, ca = tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "ca.pem"
    leaf.cert_chain_pems[0].write_to_path(chain)
    leaf.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    with serving(prepared, "--tls-cert", chain, "--tls-key", key) as (url, log):
        assert get(url, headers(prepared), ca=ca).status_code == 200
        assert "SSL_CERT_FILE" not in log.read_text()


def test_behind_a_proxy(prepared: Path) -> None:
    options = ("--behind-proxy", "--trusted-proxies", "127.0.0.1,::1")
    with serving(prepared, *options) as (url, _):
        assert get(url, headers(prepared)).status_code == 403
        answer = get(url, headers(prepared, **{"X-Forwarded-Proto": "https"}))
        assert answer.status_code == 200


def test_plain_http_is_said_loudly(prepared: Path) -> None:
    with serving(prepared, HOLOSCOPE_INSECURE_HTTP="true") as (url, log):
        assert url.startswith("http://localhost:")
        assert get(url, headers(prepared)).status_code == 200
        assert "!!  --insecure-http: this server speaks plain HTTP." in log.read_text()


def test_the_rate_limit_is_the_operators(prepared: Path) -> None:
    with serving(prepared, "--rate-limit", 3) as (url, _):
        ca = prepared / "tls" / "ca.pem"
        answers = [get(url, headers(prepared), ca=ca) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].headers["x-omni-waf-action"] == "block"
