"""The audit log on the command line, beside a running server."""

import json
from collections.abc import Iterator

import pytest

from support.live import Live, live_server, run_holoscope


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with live_server() as live:
        yield live


def events(live: Live, *arguments: object) -> list[dict[str, object]]:
    done = run_holoscope("audit", *arguments, "--data-dir", live.folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_events_are_listed_and_exported(live: Live) -> None:
    every = events(live, "export")
    assert {event["action"] for event in every} >= {"MODEL_CREATE", "API_KEY_CREATE"}
    assert [event["at"] for event in every] == sorted(str(event["at"]) for event in every)
    models = [event for event in every if event["action"] == "MODEL_CREATE"]
    assert events(live, "export", "--action", "model_create") == models
    assert events(live, "list", "--most", 2) == every[::-1][:2]
    assert events(live, "export", "--until", "2020-01-01T00:00:00Z") == []
    refused = run_holoscope("audit", "list", "--action", "NOTHING", "--data-dir", live.folder)
    assert refused.returncode == 1
    assert "There is no action" in refused.stderr
