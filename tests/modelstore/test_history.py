"""Every version of every file stays readable."""

from __future__ import annotations

from typing import Any

import pytest

from holoscope.kit.errors import NotFound
from holoscope.modelstore.yaml import YamlRequest, read_yaml
from support.town import FILES, Town


def read(town: Town, **asked: Any) -> dict[str, Any]:
    return read_yaml(town.store, town.actor("ada"), town.model.id, YamlRequest(mode="history", **asked))


@pytest.fixture
def changed(town: Town) -> Town:
    """Version 2 changes the model file and drops the topic, version 3 brings it back."""
    without = {path: text for path, text in FILES.items() if path != "sales.topic"}
    town.store.replace_files(town.model.id, {**without, "model": "label: Second\n"})
    town.store.replace_files(town.model.id, {**FILES, "model": "label: Second\n"})
    town.store.replace_files(town.model.id, {**FILES, "model": "label: Second\n"})
    return town


def test_the_writes_newest_first(changed: Town) -> None:
    body = read(changed)
    assert body["version"] == 3
    assert [(item["version"], item["changedFiles"], item["removedFiles"]) for item in body["history"]] == [
        (3, ["sales.topic"], []),
        (2, ["model"], ["sales.topic"]),
        (1, sorted(FILES), []),
    ]
    assert body["files"] == {**FILES, "model": "label: Second\n"}


def test_files_as_they_were(changed: Town) -> None:
    assert read(changed, version=1)["files"] == FILES
    second = read(changed, version=2)
    assert second["version"] == 2
    assert second["files"]["model"] == "label: Second\n"
    assert "sales.topic" not in second["files"]
    assert read(changed, version=2, include_checksums=True)["checksums"].keys() == second["files"].keys()
    with pytest.raises(NotFound, match="Version 4 does not exist"):
        read(changed, version=4)


def test_the_writes_of_one_file(changed: Town) -> None:
    assert [item["version"] for item in read(changed, file_name="sales.topic")["history"]] == [3, 2, 1]
    assert [item["version"] for item in read(changed, file_name="model")["history"]] == [2, 1]
    assert [item["version"] for item in read(changed, file_name=r"\.view$")["history"]] == [1]
