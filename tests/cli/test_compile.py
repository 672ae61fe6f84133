"""A query and a model folder become SQL without a server."""

import json
from pathlib import Path

import duckdb
import pytest

from support.live import run_holoscope
from support.shop import SHOP_MODEL_FOLDER, SHOP_QUERIES_FOLDER, shop_database

MODEL = {
    "model.yaml": "label: Tiny\n",
    "rides.view.yaml": (
        "table_name: rides\ndimensions:\n  id: { primary_key: true }\n  city: {}\n"
        "measures:\n  count: { aggregate_type: count }\n"
    ),
    "rides.topic.yaml": "base_view: rides\n",
}
QUERY = {"table": "rides", "join_paths_from_topic_name": "rides", "fields": ["rides.city", "rides.count"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in MODEL.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_query_from_standard_input(folder: Path) -> None:
    done = run_holoscope("compile", "-", folder, text=json.dumps(QUERY))
    assert (done.returncode, done.stderr) == (0, "")
    assert "FROM rides" in done.stdout


@pytest.mark.parametrize("name", ["sample", "margins", "my-region", "fan-out-without-a-key"])
def test_queries_of_the_shop_compile_and_run(name: str) -> None:
    query = SHOP_QUERIES_FOLDER / f"{name}.json"
    attributes = ("--attribute", "region=West", "--attribute", "region=East", "--attribute", "team=finance")
    done = run_holoscope("compile", query, SHOP_MODEL_FOLDER, "--database", shop_database(), *attributes)
    if name == "fan-out-without-a-key":
        assert (done.returncode, done.stdout) == (1, "")
        assert "primary key" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    with duckdb.connect(shop_database(), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(done.stdout).fetchall()


def test_without_the_attribute_a_row_rule_fails() -> None:
    done = run_holoscope("compile", SHOP_QUERIES_FOLDER / "my-region.json", SHOP_MODEL_FOLDER)
    assert (done.returncode, done.stdout) == (1, "")
    assert "region" in done.stderr


def test_a_broken_model_is_located(folder: Path) -> None:
    (folder / "rides.view.yaml").write_text("table_name: rides\ndimensions:\n  city: { sqll: x }\n")
    done = run_holoscope("compile", "-", folder, text=json.dumps(QUERY))
    assert done.returncode == 1
    assert f"{folder}/rides.view:3:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("[1]", "JSON object"),
        ('{"fields": ["rides.city"], "table": "absent"}', "absent"),
        ('{"fields": "rides.city", "table": "rides"}', "fields"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_query_that_means_nothing(folder: Path, query: str, sentence: str) -> None:
    done = run_holoscope("compile", "-", folder, text=query)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_fields_are_named_and_left_out(folder: Path) -> None:
    query = {**QUERY, "fields": [*QUERY["fields"], "rides.nothing"]}
    done = run_holoscope("compile", "-", folder, text=json.dumps(query))
    assert done.returncode == 0
    assert "no such field: rides.nothing" in done.stderr


def test_a_bad_attribute(folder: Path) -> None:
    done = run_holoscope("compile", "-", folder, "--attribute", "region", text=json.dumps(QUERY))
    assert (done.returncode, "expected name=value" in done.stderr) == (1, True)


def test_an_absent_model_folder(tmp_path: Path) -> None:
    done = run_holoscope("compile", "-", tmp_path / "absent", text=json.dumps(QUERY))
    assert (done.returncode, "No model folder" in done.stderr) == (1, True)
