"""Log lines are JSON and hold no key, whatever a library logs."""

import io
import json
import logging

import pytest

from holoscope.access.keys import new_key_text
from holoscope.cli.logs import configure_logs, scrub


@pytest.fixture
def lines():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logs("debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_a_line_is_json_with_its_fields(lines) -> None:
    logging.getLogger("holoscope.x").info("hello", extra={"fields": {"request_id": "r1"}})
    line = json.loads(lines.getvalue())
    assert (line["message"], line["level"], line["request_id"]) == ("hello", "info", "r1")


def test_keys_are_blotted_out_of_messages_arguments_fields_and_traces(lines) -> None:
    key = new_key_text().reveal()
    log = logging.getLogger("some.library")
    log.warning("sent %s", key, extra={"fields": {"header": f"Bearer {key}"}})
    try:
        raise ValueError(f"bad key {key}")
    except ValueError:
        log.exception("failed")
    assert key not in lines.getvalue()
    assert key[9:] not in lines.getvalue()
    for line in lines.getvalue().splitlines():
        json.loads(line)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"),
        ("postgresql://app:hunter2@db/meta", "postgresql://app:[hidden]@db/meta"),
        ("key omni_osk_abc", "key omni_osk_[hidden]"),
        ("https://localhost:8443/api", "https://localhost:8443/api"),
    ],
)
def test_scrub(text: str, clean: str) -> None:
    assert scrub(text) == clean
