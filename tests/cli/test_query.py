"""`holoscope query` against a live server: every format, every way to be told no."""

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from support.live import HOLOSCOPE, Live, clean_environment, live_server, run_holoscope
from support.shop import SHOP_QUERIES_FOLDER

QUERY = {
    "table": "order_items",
    "join_paths_from_topic_name": "order_items",
    "fields": ["users.region", "order_items.count"],
    "sorts": [{"column_name": "users.region", "sort_descending": False}],
    "limit": 3,
}


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with live_server() as live:
        yield live


def environment(live: Live) -> dict[str, str]:
    return {
        "OMNI_BASE_URL": live.base_url,
        "OMNI_API_KEY": live.api_key,
        "OMNI_MODEL_ID": live.model_id,
        "SSL_CERT_FILE": live.ca_file,
    }


def test_a_table_from_the_shared_variables(live: Live) -> None:
    done = run_holoscope("query", "-", "--show-sql", text=json.dumps(QUERY), **environment(live))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [head.strip() for head in lines[0].split("|")] == QUERY["fields"]
    assert lines[-1] == "(3 rows)"
    assert "SELECT" in done.stderr


def test_options_and_a_file_of_the_examples(live: Live) -> None:
    options = ("--base-url", live.base_url, "--api-key", live.api_key, "--ca-file", live.ca_file)
    sample = SHOP_QUERIES_FOLDER / "sample.json"
    done = run_holoscope("query", sample, *options, "--model-id", live.model_id)
    assert done.returncode == 0, done.stderr
    assert "inventory_items.count" in done.stdout


def test_documents(live: Live) -> None:
    comma = run_holoscope("query", "-", "--format", "csv", text=json.dumps(QUERY), **environment(live))
    assert len(list(csv.reader(io.StringIO(comma.stdout)))) == 4
    records = run_holoscope("query", "-", "--format", "json", text=json.dumps(QUERY), **environment(live))
    assert len(json.loads(records.stdout)) == 3


def test_arrow_goes_to_a_program(live: Live) -> None:
    done = subprocess.run(
        [*HOLOSCOPE, "query", "-", "--format", "arrow"],
        input=json.dumps(QUERY).encode(),
        capture_output=True,
        env=clean_environment(**environment(live)),
        check=True,
    )
    assert pa.ipc.open_stream(done.stdout).read_all().num_rows == 3


def test_another_person_sees_less(live: Live) -> None:
    mine = SHOP_QUERIES_FOLDER / "my-region.json"
    everything = run_holoscope("query", mine, **environment(live)).stdout
    token = run_holoscope(
        "keys", "create", "--data-dir", live.folder, "--member", "analyst-west@shop.example", "--kind", "user"
    ).stdout.strip()
    west = run_holoscope("query", mine, **{**environment(live), "OMNI_API_KEY": token}).stdout
    assert "California" in west
    assert 3 < len(west.splitlines()) < len(everything.splitlines())


def test_unknown_fields_are_named(live: Live) -> None:
    query = {**QUERY, "fields": [*QUERY["fields"], "users.nothing"]}
    done = run_holoscope("query", "-", text=json.dumps(query), **environment(live))
    assert (done.returncode, "users.nothing" in done.stderr) == (0, True)


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"OMNI_API_KEY": "omni_osk_" + "A" * 56}, 1, "Invalid bearer token"),
        ({"OMNI_API_KEY": ""}, 2, "OMNI_API_KEY"),
        ({"OMNI_BASE_URL": ""}, 2, "OMNI_BASE_URL"),
        ({"OMNI_BASE_URL": "https://localhost:1"}, 4, "localhost"),
        ({"OMNI_BASE_URL": "http://example.com"}, 2, "plain HTTP"),
        ({"SSL_CERT_FILE": ""}, 4, "certificate"),
        (
            {"OMNI_MODEL_ID": "00000000-0000-4000-8000-000000000000"},
            1,
            "00000000-0000-4000-8000-000000000000",
        ),
    ],
)
def test_refusals_are_sentences(live: Live, change: dict[str, str], code: int, sentence: str) -> None:
    done = run_holoscope("query", "-", text=json.dumps(QUERY), **{**environment(live), **change})
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert live.api_key not in done.stderr


def test_a_query_that_fails_says_why(live: Live) -> None:
    query = {**QUERY, "join_paths_from_topic_name": "absent"}
    done = run_holoscope("query", "-", text=json.dumps(query), **environment(live))
    assert (done.returncode, done.stdout) == (1, "")
    assert "absent" in done.stderr


def test_a_reader_that_leaves_is_no_error(live: Live, tmp_path: Path) -> None:
    (tmp_path / "q.json").write_text(json.dumps({**QUERY, "limit": 1000, "fields": ["order_items.id"]}))
    command = " ".join(f"'{word}'" for word in (*HOLOSCOPE, "query", str(tmp_path / "q.json")))
    done = subprocess.run(
        f"{command} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        env=clean_environment(**environment(live)),
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("order_items.id", "")
