"""A folder of model files as a map; links may not lead out of it."""

import pytest

from holoscope.kit.errors import BadRequest, NotFound
from holoscope.modelstore.folder import load_folder


def test_keys(tmp_path):
    for name in (
        "model.yaml",
        "relationships.yml",
        "PUBLIC/trips.view.yaml",
        "deep/er/rides.topic.yml",
        "all.composite_topic.yaml",
        "x.query.view.yaml",
        "notes.md",
        "other.yaml",
        "sub/model.yaml",
        "trips.view",
        ".git/hidden.view.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}")
    files = load_folder(tmp_path)
    assert sorted(files) == [
        "PUBLIC/trips.view",
        "all.composite_topic",
        "deep/er/rides.topic",
        "model",
        "relationships",
        "x.query.view",
    ]
    assert files["PUBLIC/trips.view"] == "# PUBLIC/trips.view.yaml"


def test_no_such_folder(tmp_path):
    with pytest.raises(NotFound):
        load_folder(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotFound):
        load_folder(tmp_path / "file")


def test_two_endings(tmp_path):
    (tmp_path / "a.view.yaml").write_text("")
    (tmp_path / "a.view.yml").write_text("")
    with pytest.raises(BadRequest, match="Two files"):
        load_folder(tmp_path)


@pytest.mark.parametrize("target", ["secret.view.yaml", ""])
def test_links_out_of_the_folder_are_refused(tmp_path, target):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.view.yaml").write_text("schema: secret")
    (inside / ("x.view.yaml" if target else "folder")).symlink_to(outside / target)
    with pytest.raises(BadRequest, match="leads out"):
        load_folder(inside)


def test_links_inside_the_folder_are_fine(tmp_path):
    (tmp_path / "a.view.yaml").write_text("schema: a")
    (tmp_path / "b.view.yaml").symlink_to(tmp_path / "a.view.yaml")
    assert load_folder(tmp_path) == {"a.view": "schema: a", "b.view": "schema: a"}


def test_a_folder_that_is_a_link_itself(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.view.yaml").write_text("schema: a")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert list(load_folder(tmp_path / "link")) == ["a.view"]


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "a.view.yaml").write_bytes(b"label: \xff")
    assert load_folder(tmp_path) == {"a.view": "label: \ufffd"}
