"""Documentation runs: every `python` and `sh` block is executed against a live server, page by page.

A page is one session: its Python blocks share their names, from top to bottom. Blocks that
only show something are marked `console` or `text`.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support.live import clean_environment, start_server
from support.pages import ROOT, Block, blocks, pages

OWN_DATA = ROOT / "docs/tutorial/your-own-data.md"
RUNNABLE = [
    page
    for page in pages()
    if page != OWN_DATA and any(block.language in {"python", "sh"} for block in blocks(page))
]
HINT = """
{place} does not run as documented (exit code {code}).

The usual causes: the page uses a name that the API or the shop no longer has, or the server's
answer changed. Mend the page if the change was meant, the code if it was not.

--- the block
{body}
--- stdout
{stdout}
--- stderr
{stderr}"""


def run(command: list[str], block: Block, text: str, environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        command,
        input=text,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode or "Traceback" in done.stderr:
        pytest.fail(
            HINT.format(
                place=block.place,
                code=done.returncode,
                body=block.body,
                stdout=done.stdout,
                stderr=done.stderr,
            ),
            pytrace=False,
        )
    return done.stdout


def run_shell(block: Block, environment: dict[str, str], folder: Path) -> str:
    """Run a shell block; curl, which is content with any answer, is told to fail on an error status."""
    (folder / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")
    command = ["bash", "-euo", "pipefail", "-s"]
    return run(command, block, block.body, {**environment, "CURL_HOME": str(folder)}, folder)


RUN_SESSION = """
import json, sys
names = {"__name__": "__main__"}
for place, body in json.load(sys.stdin):
    exec(compile(body, place, "exec"), names)
"""


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_runs(page: Path, live_environment: dict[str, str], tmp_path: Path) -> None:
    session = [block for block in blocks(page) if block.language == "python"]
    for block in blocks(page):
        if block.language == "sh":
            out = run_shell(block, live_environment, tmp_path)
            assert out.strip(), f"{block.place} prints nothing"
    if session:
        text = json.dumps([(block.place, "\n" * block.line + block.body) for block in session])
        run([sys.executable, "-c", RUN_SESSION], session[0], text, live_environment, tmp_path)


def test_the_tutorial_on_your_own_data_runs(tmp_path: Path) -> None:
    """Its first block makes the data, its command makes the server, and the rest is one session."""
    first, *rest = [block for block in blocks(OWN_DATA) if block.language == "python"]
    (command,) = (
        shlex.split(block.body)
        for block in blocks(OWN_DATA)
        if block.language == "console" and " init " in block.body
    )
    run([sys.executable, "-"], first, first.body, clean_environment(), tmp_path)
    assert command[:2] == [".venv/bin/holoscope", "init"]
    given = dict(zip(command[2::2], command[3::2], strict=True))
    source = given["--connect"].replace("bikes.duckdb", str(tmp_path / "bikes.duckdb").lstrip("/"))
    live = start_server(tmp_path / given["--data-dir"], "init", "--connect", source, "--rate-limit", 0)
    try:
        environment = clean_environment(
            OMNI_BASE_URL=live.base_url,
            OMNI_API_KEY=live.api_key,
            OMNI_MODEL_ID=live.model_id,
            SSL_CERT_FILE=live.ca_file,
        )
        text = json.dumps([(block.place, "\n" * block.line + block.body) for block in rest])
        run([sys.executable, "-c", RUN_SESSION], rest[0], text, environment, tmp_path)
    finally:
        live.stop()


def test_only_known_languages_are_used() -> None:
    known = {
        "",
        "python",
        "sh",
        "console",
        "text",
        "yaml",
        "sql",
        "csv",
        "json",
        "cells",
        "formulas",
        "query",
        "rows",
    }
    cases = ROOT / "tests"
    strange = [
        block.place
        for page in pages()
        if cases not in page.parents
        for block in blocks(page)
        if block.language not in known
    ]
    assert strange == []


def test_bash_and_curl_are_here() -> None:
    assert os.environ.get("PATH")
    subprocess.run(["bash", "-c", "command -v curl"], check=True, capture_output=True)


def test_the_readme_request_gets_the_readme_answer(live_environment: dict[str, str], tmp_path: Path) -> None:
    shown = {block.language: block for block in blocks(ROOT / "README.md") if block.language in {"sh", "csv"}}
    out = run_shell(shown["sh"], live_environment, tmp_path)
    assert out.splitlines() == shown["csv"].body.splitlines()
