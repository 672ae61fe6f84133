"""Model files are written in their canonical form, in place."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from support.live import run_holoscope

UGLY = "table_name: rides\nschema: 'main'\ndimensions: {id: {primary_key: true}}  # rows\n"
NEAT = "schema: main\ntable_name: rides\n\ndimensions: # rows\n  id:\n    primary_key: true\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "PUBLIC").mkdir()
    (tmp_path / "PUBLIC" / "rides.view.yaml").write_text(UGLY)
    (tmp_path / "model.yml").write_text("label: Tiny\n")
    (tmp_path / "notes.yaml").write_text("a:   1\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.view.yaml").write_text(UGLY)
    return tmp_path


def test_a_folder_is_written_and_the_second_time_nothing_changes(folder: Path) -> None:
    view = folder / "PUBLIC" / "rides.view.yaml"
    view.chmod(0o640)
    done = run_holoscope("fmt", folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{view}\n", "")
    assert view.read_text() == NEAT
    assert stat.S_IMODE(view.stat().st_mode) == 0o640
    assert sorted(path.name for path in view.parent.iterdir()) == ["rides.view.yaml"]
    assert (folder / "notes.yaml").read_text() == "a:   1\n"
    assert (folder / ".git" / "x.view.yaml").read_text() == UGLY
    assert run_holoscope("fmt", folder, "--check").returncode == 0
    assert run_holoscope("fmt", folder).stdout == ""


def test_check_and_diff_write_nothing(folder: Path) -> None:
    view = folder / "PUBLIC" / "rides.view.yaml"
    done = run_holoscope("fmt", view, "--check")
    assert (done.returncode, done.stdout) == (1, f"{view}\n")
    done = run_holoscope("fmt", view, "--diff")
    assert done.returncode == 0
    assert "-schema: 'main'\n" in done.stdout
    assert "+schema: main\n" in done.stdout
    assert run_holoscope("fmt", view, "--diff", "--check").returncode == 1
    assert view.read_text() == UGLY


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"a: [\n", ":2:1: error:"), (b"a: 1\na: 2\n", ":2:1: error:"), (b"a: 1\nb: \xff\n", ":2:4: error:")],
)
def test_what_is_no_yaml_stays_and_is_located(folder: Path, content: bytes, place: str) -> None:
    bad = folder / "bad.topic.yaml"
    bad.write_bytes(content)
    done = run_holoscope("fmt", folder)
    assert done.returncode == 1
    assert f"{bad}{place}" in done.stderr
    assert bad.read_bytes() == content
    assert (folder / "PUBLIC" / "rides.view.yaml").read_text() == NEAT


def test_a_link_stays_a_link(folder: Path) -> None:
    link = folder / "link.view.yaml"
    os.symlink(folder / "PUBLIC" / "rides.view.yaml", link)
    assert run_holoscope("fmt", link).returncode == 0
    assert link.is_symlink()
    assert (folder / "PUBLIC" / "rides.view.yaml").read_text() == NEAT


def test_names_that_are_no_model_files(folder: Path) -> None:
    done = run_holoscope("fmt", folder / "notes.yaml")
    assert (done.returncode, "no model file" in done.stderr) == (1, True)
    done = run_holoscope("fmt", folder / "missing.view.yaml")
    assert (done.returncode, "No file or folder" in done.stderr) == (1, True)
