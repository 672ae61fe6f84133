"""No secret of a running server is anywhere but where it is used: in its sealed column, as a digest, or in a
file that its owner alone can read.

One server lives through everything a server meets, with secrets planted in it. Then its log, every answer
it gave, the files of its data folder, the command lines of its processes and what its commands printed are
searched for each of them, as they are and as they look in URLs and in base64.

To cover one more secret, write a function that plants it and gives its text, and add it to `PLANTED`.
"""

from __future__ import annotations

import ssl
import subprocess
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest

from support.duckdb_files import write_duckdb
from support.live import Live, run_holoscope, start_server
from support.postgres import Own, own_database, why_no_server

OWNERS_FILES = {"secrets.json", "init.json"}
RUN = "/api/v1/query/run"


@dataclass
class Ground:
    """A running server, what was planted in it, and everything that came out of it.

    `client` comes with the first key, `browser` with none.
    """

    live: Live
    client: httpx2.Client
    browser: httpx2.Client
    came: list[tuple[str, bytes]] = field(default_factory=list)
    csrf_token: str = ""

    def send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Send a request, and keep what comes back."""
        response = self.client.request(method, path, **more)
        head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        self.came.append((f"{method} {path}", head.encode() + b"\n\n" + response.content))
        return response

    def command(self, *words: object) -> str:
        """Run a command on the data folder, and keep what it prints."""
        done = run_holoscope(*words, "--data-dir", self.live.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout


# -- what is planted ----------------------------------------------------------------------


def organization_key(ground: Ground) -> str:
    return ground.command("keys", "create", "--name", "canary").strip()


def personal_key(ground: Ground) -> str:
    return ground.command("keys", "create", "--name", "canary", "--kind", "user").strip()


def revoked_key(ground: Ground) -> str:
    text = ground.command("keys", "create", "--name", "short-lived").strip()
    listed = ground.send("GET", "/api/v1/api-keys").json()["records"]
    ours = next(one for one in listed if one["name"] == "short-lived")
    assert ground.send("DELETE", f"/api/v1/api-keys/{ours['id']}").status_code == 200
    return text


def first_key(ground: Ground) -> str:
    return ground.live.api_key


def password(ground: Ground) -> str:
    """The first administrator's, with which they sign in; a wrong one is tried too."""
    ground.send(
        "POST", "/api/v1/session", json={"email": ground.live.admin_email, "password": "no " + "x" * 20}
    )
    return ground.live.admin_password


def mistaken_password(ground: Ground) -> str:
    """A password that somebody typed at the wrong place: as an e-mail, in a form, in a URL."""
    text = f"Mistaken-{token_hex(12)}"
    said = {"email": ground.live.admin_email, "password": text}
    ground.send("POST", "/api/v1/session", json=said)
    ground.send("POST", "/sign-in", data=said, headers={"Origin": ground.live.base_url})
    ground.send("GET", f"/api/v1/models?password={text}")
    ground.send("GET", "/api/v1/whoami", headers={"Authorization": f"Basic {text}"})
    return text


def session(ground: Ground) -> str:
    """The cookie of a signed-in browser."""
    said = {"email": ground.live.admin_email, "password": ground.live.admin_password}
    answer = ground.browser.post("/api/v1/session", json=said)
    assert answer.status_code == 200, answer.text
    ground.csrf_token = answer.json()["csrfToken"]
    return str(answer.headers["set-cookie"].partition("=")[2].partition(";")[0])


def csrf_token(ground: Ground) -> str:
    return ground.csrf_token


def grant(ground: Ground) -> str:
    """The refresh token of a client program, its access token having been used."""
    verifier, redirect = "v" * 43 + token_hex(8), "http://localhost:51234/callback"
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "client_id": "omni-cli", "redirect_uri": redirect, "response_type": "code", "state": token_hex(16),
        "code_challenge": challenge, "code_challenge_method": "S256", "csrfToken": ground.csrf_token,
        "decision": "allow",
    }  # fmt: skip
    sent = ground.browser.post("/oauth/authorize", data=asked)
    assert sent.status_code == 303, sent.text
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    form = {
        "grant_type": "authorization_code", "client_id": "omni-cli", "code": code, "redirect_uri": redirect,
        "code_verifier": verifier,
    }  # fmt: skip
    told = ground.browser.post("/oauth/token", data=form)
    assert told.status_code == 200, told.text
    ground.send("GET", "/api/v1/whoami", headers={"Authorization": f"Bearer {told.json()['access_token']}"})
    ground.send("POST", "/oauth/token", data={**form, "code": code + "x"})
    return str(told.json()["refresh_token"])


def wrong_key(ground: Ground) -> str:
    """A key with a slip of the pen, as people send them."""
    text = f"omni_osk_{token_hex(28)}"
    ground.send("GET", "/api/v1/whoami", headers={"Authorization": f"Bearer {text}"})
    ground.send("GET", f"/api/v1/whoami?apiKey={text}")
    ground.send("POST", RUN, headers={"Authorization": text}, json={"query": {}})
    ground.send("GET", "/api/v1/whoami", headers={"Cookie": f"__Host-holoscope_session={text}"})
    return text


PLANTED: tuple[tuple[str, Callable[[Ground], str]], ...] = (
    ("the first key", first_key),
    ("an organization's key", organization_key),
    ("a personal key", personal_key),
    ("a revoked key", revoked_key),
    ("a mistyped key", wrong_key),
    ("a password", password),
    ("a mistaken password", mistaken_password),
    ("a session", session),
    ("a session's token of its forms", csrf_token),
    ("a client program's refresh token", grant),
)
"""Planted in this order while the server runs; those of the installation are there from the start."""


# -- what the server lives through ----------------------------------------------------------


def _exercise(ground: Ground) -> None:
    model = ground.live.model_id
    views = ground.send("GET", f"/api/v1/models/{model}/view").json()["views"]
    view = next(one for one in views if any(item["name"] == "count" for item in one["fields"]))
    query = {"modelId": model, "table": view["name"], "fields": [f"{view['name']}.count"]}
    for more in (
        {},
        {"resultType": "csv"},
        {"resultType": "xlsx"},
        {"resultType": "json"},
        {"planOnly": True},
    ):
        assert ground.send("POST", RUN, json={"query": query, **more}).status_code == 200
    statements = (
        "SELECT 1/0 AS x", "SELECT nope", "SELECT * FROM missing", "SELECT CAST('a' AS INTEGER)", "SELECT ((",
        "SELECT * FROM pg_catalog.pg_stat_activity", "SELECT current_setting('config_file')",
        f"SELECT ${{{view['name']}.count}} FROM ${{nothing}}", "COPY (SELECT 1) TO '/tmp/x'",
    )  # fmt: skip
    for text in statements:
        asked = {"modelId": model, "fields": [], "userEditedSQL": text}
        ground.send("POST", RUN, json={"query": asked})
        ground.send("POST", RUN, json={"query": {**asked, "rewriteSql": False}, "resultType": "csv"})
    ground.send(
        "POST", RUN, json={"query": {**query, "fields": ["no.such"], "sorts": [{"column_name": "x"}]}}
    )
    ground.send("POST", RUN, content=b"{", headers={"Content-Type": "application/json"})
    ground.send("POST", f"/api/v1/models/{model}/refresh")
    for path in (
        "models", "connections", "api-keys", "whoami", "sessions", "oauth-grants", "user-attributes",
        "organization", "audit-events", "audit-events/export", f"models/{model}/topic",
        f"models/{model}/yaml", f"models/{model}/yaml?mode=history",
        f"models/{model}/validate", f"models/{model}/no-such", "no/such", "query/wait?jobIds=x",
    ):  # fmt: skip
        ground.send("GET", f"/api/v1/{path}")
    for path in ("/", "/openapi.json", "/docs", "/health", "/api/openapi.json", "/sign-in", "/secrets.json"):
        ground.send("GET", path)
    for path in ("Users", "Groups", "ServiceProviderConfig", "Users?filter=userName eq", "Schemas"):
        ground.send("GET", f"/api/scim/v2/{path}")
    ground.send("PUT", "/api/v1/whoami")
    ground.command("keys", "list")


# -- the search -------------------------------------------------------------------------------


def spellings(secret: str) -> list[bytes]:
    """Give what a text looks like as it is, in URLs, and inside base64, wherever it begins there."""
    found = [secret.encode(), quote(secret, safe="").encode(), secret.encode("utf-16-le")]
    for shift in range(3):
        coded = b64encode(b"\0" * shift + secret.encode()).rstrip(b"=")
        found.append(coded[(4 if shift else 0) : len(coded) - 1])
    return found


def _places(ground: Ground) -> Iterator[tuple[str, bytes]]:
    yield from ground.came
    for path in sorted(ground.live.folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        if path.name in OWNERS_FILES:
            assert path.stat().st_mode & 0o077 == 0, path
            continue
        if path.name == "test.log":
            # What is no log line is for the operator's eyes: `init` shows the first key there, once.
            yield "the log", b"\n".join(line for line in path.read_bytes().splitlines() if line[:1] == b"{")
            continue
        yield f"file {path.relative_to(ground.live.folder)}", path.read_bytes()


def _processes() -> bytes:
    return subprocess.run(["ps", "-e", "-ww", "-o", "args"], capture_output=True, check=True).stdout


def _hits(ground: Ground, planted: dict[str, str]) -> list[str]:
    wanted = {name: spellings(secret) for name, secret in planted.items()}
    return [
        f"{name} is in {place}"
        for place, data in _places(ground)
        for name, texts in wanted.items()
        if any(text in data for text in texts)
    ]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A database to connect to: PostgreSQL with a password in its URL, where there is one."""
    if why_no_server() is not None:
        path = tmp_path_factory.mktemp("source") / "items.duckdb"
        write_duckdb(path)
        yield str(path), {}
        return
    with own_database() as own:
        _fill(own)
        secret = f"Canary-{token_hex(12)}"
        url = urlsplit(own.url)
        named = url._replace(
            netloc=f"{url.username or 'postgres'}:{secret}@{url.hostname}:{url.port or 5432}"
        )
        yield named.geturl(), {"a connection's password": secret}


def _fill(own: Own) -> None:
    own.do(
        "CREATE TABLE items (id int PRIMARY KEY, name text)",
        "INSERT INTO items SELECT g, 'item ' || g FROM generate_series(1, 50) g",
        "ANALYZE",
    )


def _live_through(folder: Path, source: tuple[str, dict[str, str]]) -> tuple[Ground, dict[str, str]]:
    """Let a server live through everything; give what came out of it, and what was planted."""
    url, planted = source[0], dict(source[1])
    live = start_server(
        folder, "init", "--rate-limit", 0, HOLOSCOPE_CONNECT=url, HOLOSCOPE_LOG_LEVEL="debug",
        HOLOSCOPE_RESULT_DISK_MIB="64",
    )  # fmt: skip
    with ExitStack() as stack:
        stack.callback(live.process.wait, timeout=40)
        stack.callback(live.process.terminate)
        context = ssl.create_default_context(cafile=live.ca_file)
        client, browser = (
            stack.enter_context(
                httpx2.Client(base_url=live.base_url, headers=headers, verify=context, timeout=60)
            )
            for headers in (live.headers, {"Origin": live.base_url})
        )
        ground = Ground(live, client, browser)
        made = (folder / "secrets.json").read_text()
        planted |= {f"the installation's secret {n}": text for n, text in enumerate(made.split('"')[3::4])}
        assert len(planted) >= 4
        for name, plant in PLANTED:
            planted[name] = plant(ground)
            assert len(planted[name]) >= 16, name
        _exercise(ground)
        assert len(ground.came) > 60
        ground.came.append(("the list of processes", _processes()))
        return ground, planted


def test_no_secret_is_found_where_it_does_not_belong(
    tmp_path: Path, source: tuple[str, dict[str, str]]
) -> None:
    ground, planted = _live_through(tmp_path / "data", source)
    assert _hits(ground, planted) == []
    # The search finds what is there.
    ground.came.append(("a test", b"x" + b64encode(b"y" + planted["a session"].encode())))
    assert _hits(ground, planted) == ["a session is in a test"]


_HOLES = """
import logging
import holoscope.access.authenticate as authenticate
import holoscope.access.audit.record as record
import holoscope.cli.logs as logs
import holoscope.http.errors as errors

last, read, render, row = [""], authenticate.bearer_token, errors.render_bytes, record.event_row

def bearer_token(header):
    last[0] = header or last[0]
    logging.getLogger("holoscope.http").warning("asked with %s", header)
    return read(header)

def render_bytes(error, path):
    error.detail = f"{error.detail} {last[0]}"
    return render(error, path)

def event_row(*about, details=None, **more):
    return row(*about, details={**(details or {}), "note": last[0]}, **more)

authenticate.bearer_token, errors.render_bytes, record.event_row = bearer_token, render_bytes, event_row
logs.scrub = lambda text: text
"""
"""Python that opens holes in a server as it starts: the key of a request gets where it does not belong."""


@pytest.mark.slow
def test_the_search_finds_a_server_that_tells_keys(
    tmp_path: Path, source: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_HOLES)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = _hits(*_live_through(tmp_path / "data", source))
    for place in ("the log", "GET /api/v1/no/such", "GET /api/v1/audit-events/export"):
        assert any("key" in hit and hit.endswith(f"is in {place}") for hit in found), (place, found)


def test_a_connection_that_fails_is_told_without_its_password(tmp_path: Path) -> None:
    secret = f"Canary-{token_hex(12)}"
    urls = (
        f"postgresql://someone:{secret}@127.0.0.1:1/none",
        f"postgresql://someone:{secret}@127.0.0.1:99999/none",
        f"postgresql://someone:{secret}@no such host/none",
        f"postgresql://someone:{secret}@127.0.0.1:5432/no_such_database?no_such_option={secret}",
        f"mysql://someone:{secret}@127.0.0.1/none",
    )
    for number, url in enumerate(urls):
        folder = tmp_path / str(number)
        done = run_holoscope("init", "--no-serve", "--data-dir", folder, HOLOSCOPE_CONNECT=url)
        assert done.returncode != 0
        for place in (done.stdout, done.stderr):
            assert not any(text.decode("latin-1") in place for text in spellings(secret)), (url, place)
        for path in folder.rglob("*") if folder.exists() else ():
            assert not path.is_file() or secret.encode() not in path.read_bytes(), path
