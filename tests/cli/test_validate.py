"""A folder of model files is validated without a server."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from support.live import run_holoscope
from support.shop import SHOP_MODEL_FOLDER, shop_database

WARNED = "dimensions:\n  id: { primary_key: true }\n"
BROKEN = "schema: main\ndimensions:\n  city: { lable: City }\n  x: { sql: '${ctiy}' }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "rides.view.yml").write_text(WARNED)
    return tmp_path


def test_a_warning_alone_is_fine_unless_strict(folder: Path) -> None:
    done = run_holoscope("validate", folder)
    assert done.returncode == 0
    place = f"{folder}/rides.view.yml:1:1"
    assert done.stdout.splitlines()[0] == f'{place}: warning: View "rides" has no schema. [schema_missing]'
    assert run_holoscope("validate", folder, "--strict").returncode == 1


def test_errors_with_line_and_column(folder: Path) -> None:
    (folder / "sub" / "riders.view.yaml").write_text(BROKEN)
    done = run_holoscope("validate", folder)
    assert done.returncode == 1
    path = folder / "sub" / "riders.view.yaml"
    assert (
        f'{path}:3:11: error: Invalid property name "lable". [unknown_key]\n    Did you mean label?\n'
        in done.stdout
    )
    assert f"{path}:4:" in done.stdout
    assert done.stderr == ""


def test_the_shop_is_valid() -> None:
    done = run_holoscope("validate", SHOP_MODEL_FOLDER, "--connect", f"duckdb:///{shop_database()}")
    assert done.returncode == 0, done.stdout
    assert "error" not in done.stdout


def test_the_database_says_where_tables_are(folder: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "rides.duckdb")) as connection:
        connection.execute("CREATE TABLE rides (id INTEGER)")
    done = run_holoscope("validate", folder, "--connect", f"duckdb:///{tmp_path / 'rides.duckdb'}")
    assert (done.returncode, done.stdout) == (0, "")
    assert run_holoscope("validate", folder, "--connect", "postgres://x").returncode == 1


def test_known_attributes(folder: Path) -> None:
    (folder / "model.yaml").write_text(
        "access_grants:\n  a: { user_attribute: region, allowed_values: [x] }\n"
    )
    done = run_holoscope("validate", folder, "--known-attribute", "team")
    assert 'No such user attribute "region".' in done.stdout
    for known in ((), ("--known-attribute", "region")):
        assert "No such user attribute" not in run_holoscope("validate", folder, *known).stdout


def test_json(folder: Path) -> None:
    (folder / "sub" / "riders.view.yaml").write_text(BROKEN)
    done = run_holoscope("validate", folder, "--format", "json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document.keys() == {"version", "errors", "warnings", "findings"}
    assert document["errors"] + document["warnings"] == len(document["findings"])
    first = next(item for item in document["findings"] if item["code"] == "unknown_key")
    assert first == {
        "code": "unknown_key",
        "severity": "error",
        "message": 'Invalid property name "lable".',
        "fix": "Did you mean label?",
        "file": str(folder / "sub" / "riders.view.yaml"),
        "line": 3,
        "column": 11,
        "yaml_path": "sub/riders.view.dimensions.city.lable",
        "auto_fix": {
            "description_short": 'Rename to "label"',
            "description_unique": 'Rename sub/riders.view.dimensions.city.lable to "label"',
            "edits": [
                {
                    "file": "sub/riders.view",
                    "path": ["dimensions", "city", "lable"],
                    "action": "rename",
                    "value": "label",
                }
            ],
        },
    }


def test_sarif(folder: Path) -> None:
    (folder / "sub" / "ri ders.view.yaml").write_text("# Reference this view as riders\n" + BROKEN)
    log = json.loads(run_holoscope("validate", folder, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["help"]["text"]
        assert "docs/reference/diagnostics.md#" in rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning"}
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        assert " " not in location["physicalLocation"]["artifactLocation"]["uri"]
    assert log["$schema"].endswith("sarif-2.1.0.json")


def test_an_unknown_folder(tmp_path: Path) -> None:
    done = run_holoscope("validate", tmp_path / "none")
    assert (done.returncode, "No model folder" in done.stderr) == (1, True)
