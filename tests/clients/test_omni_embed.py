"""The published embed client signs, and its addresses open on a live server; mutated ones do not."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from support.live import Live, clean_environment

CLIENT = Path(__file__).with_name("embed")
WHO = {"contentId": "12db1a0a", "externalId": "npm-1", "name": "Ann Ünal"}
Call = Callable[[str, dict[str, Any]], Any]


@pytest.fixture(scope="module")
def client_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client, installed as its lock file says."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs Node.js and npm")
    folder = tmp_path_factory.mktemp("npm") / "embed"
    shutil.copytree(CLIENT, folder)
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.skip("the published client cannot be installed here")
    return folder


@pytest.fixture(scope="module")
def call(client_folder: Path, server: Live) -> Call:
    def ask(name: str, props: dict[str, Any]) -> Any:
        address = urlsplit(server.base_url)
        where = {"host": address.hostname, "port": address.port, **props}
        done = subprocess.run(
            ["node", "sign.mjs"],
            cwd=client_folder,
            input=json.dumps({"call": name, "props": where}) + "\n",
            env=clean_environment(NODE_EXTRA_CA_CERTS=server.ca_file, PATH=os.environ["PATH"]),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return json.loads(done.stdout)

    return ask


def opened(server: Live, url: str) -> httpx2.Response:
    context = ssl.create_default_context(cafile=server.ca_file)
    with httpx2.Client(verify=context, trust_env=False) as http:
        return http.get(url)


def test_addresses_of_every_kind_open_once(server: Live, call: Call) -> None:
    roles = {"connectionRoles": {connection_id(server): "RESTRICTED_QUERIER"}}
    signed = [
        call("embedSsoDashboard", {**WHO, "secret": server.embed_secret}),
        call(
            "embedSsoDashboard",
            {**WHO, "secret": server.embed_secret, "accessBoost": False, "theme": "vibes"},
        ),
        call("embedSsoWorkbook", {**WHO, "secret": server.embed_secret, "entity": "blobs_r_us", **roles}),
        call(
            "embedSsoContentDiscovery",
            {**WHO, "path": "my", "secret": server.embed_secret, "mode": "APPLICATION", "prefersDark": "true"}
            | roles,
        ),
    ]
    for url in signed:
        answer = opened(server, url)
        assert answer.status_code == 302, (url, answer.text)
        assert answer.headers["location"].startswith("/embed/")
        assert opened(server, url).status_code == 403


def test_a_session_is_generated_and_redeemed(server: Live, call: Call) -> None:
    who = {name: text for name, text in WHO.items() if name != "contentId"}
    made = call("createSessionToken", {**who, "contentPath": "/my", "apiKey": server.api_key, "groups": []})
    assert made["success"] is True, made
    url = call(
        "redeemSessionToken",
        {"sessionToken": made["sessionToken"], "secret": server.embed_secret, "theme": "dawn"},
    )
    answer = opened(server, url)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith("/embed/my?theme=dawn")


def test_an_address_of_another_secret_does_not_open(server: Live, call: Call) -> None:
    url = call("embedSsoDashboard", {**WHO, "secret": server.embed_secret[::-1]})
    assert opened(server, url).status_code == 403


def test_hundreds_of_mutated_addresses_do_not_open(server: Live, call: Call) -> None:
    url = call("embedSsoDashboard", {**WHO, "secret": server.embed_secret, "entity": "blobs_r_us"})
    start = url.index("?") + 1
    context = ssl.create_default_context(cafile=server.ca_file)
    with httpx2.Client(verify=context, trust_env=False) as http:
        for at in range(start, len(url)):
            letter = "B" if url[at] == "A" else "A"
            answer = http.get(url[:at] + letter + url[at + 1 :])
            assert answer.status_code in {400, 403}, url[:at]
    assert opened(server, url).status_code == 302, "none of them used the nonce up"


def connection_id(server: Live) -> str:
    context = ssl.create_default_context(cafile=server.ca_file)
    with httpx2.Client(
        verify=context, trust_env=False, base_url=server.base_url, headers=server.headers
    ) as http:
        return http.get("/api/v1/connections").json()["connections"][0]["id"]
