"""Log lines: JSON on stderr, one per line, with anything that looks like a key blotted out."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

# Wider than a valid key on purpose: a truncated or mistyped one is still most of a secret.
_KEY = re.compile(r"omni_osk_[0-9A-Za-z]+")
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\s+|%20)[^\s\"',;]+")
_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")


def scrub(text: str) -> str:
    """Replace API keys, authorization values and URL passwords by a mark that keeps the sentence."""
    text = _KEY.sub("omni_osk_[hidden]", text)
    text = _BEARER.sub(r"\1 [hidden]", text)
    return _URL_PASSWORD.sub(r"\1:[hidden]@", text)


class ScrubbedJson(logging.Formatter):
    """The last line of defence: whatever a library logs, and in tracebacks too, no key leaves."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return scrub(self._inner.format(record))


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (stderr), scrubbed, from `level` upwards."""
    from holoscope.http.request_log import JsonFormatter

    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(ScrubbedJson(JsonFormatter()))
    root = logging.getLogger()
    for former in list(root.handlers):
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
