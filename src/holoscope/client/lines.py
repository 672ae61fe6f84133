"""The newline-delimited answer of `query/run` and `query/wait`, read line by line.

Memory is bounded by the longest line, never by the stream. The order is: a header naming
the jobs (`run` only), at most one final line per job, a footer with the ids still running
(query digest §1.4). A stream without a footer was cut, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from holoscope.client.errors import BadResponse, QueryFailed
from holoscope.client.values import Field, Value

LONGEST_LINE_BYTES = 4 * 1024**3
FINAL_STATUSES = frozenset({"COMPLETE", "ERROR", "FAILED"})
"""A job in any other status, known or not, is still under way."""


class Summary(Value, frozen=True):
    """What the server planned. `fields` is keyed by the name exactly as requested, in select order."""

    fields: dict[str, Field] = msgspec.field(default_factory=dict)
    display_sql: str | None = None
    omni_sql: str | None = None
    cache_type: str | None = None
    missing_fields: list[str] | None = None
    invalid_calculations: dict[str, Any] | None = None
    stats: dict[str, Any] | None = None


class Line(Value, frozen=True):
    """Any line of the stream; which keys are set tells which kind it is. `result` arrives in base64."""

    jobs_submitted: dict[str, str | None] | None = None
    job_id: str | None = None
    status: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    summary: Summary | None = None
    cache_metadata: dict[str, Any] | None = None
    result: bytes | None = None
    remaining_job_ids: list[str] | None = None
    message: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class Answer:
    """One whole stream: jobs announced, job lines by id, ids that are still running."""

    submitted: tuple[str, ...] = ()
    jobs: dict[str, Line] = field(default_factory=dict)
    remaining: tuple[str, ...] = ()


_decoder = msgspec.json.Decoder(Line)


def split_lines(
    chunks: Iterable[bytes], *, longest_line_bytes: int = LONGEST_LINE_BYTES
) -> Iterator[tuple[bytearray, bool]]:
    """Yield each line without its newline, and whether the newline was there.

    Raises:
        BadResponse: a line is longer than `longest_line_bytes`.
    """
    line = bytearray()
    for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            line += end
            if line and not line.isspace():
                yield line, True
            line = bytearray()
        line += rest
        if len(line) > longest_line_bytes:
            raise BadResponse(f"The server sent a line of more than {longest_line_bytes} bytes.")
    if line and not line.isspace():
        yield line, False


def read_answer(chunks: Iterable[bytes], *, longest_line_bytes: int = LONGEST_LINE_BYTES) -> Answer:
    """Read a whole stream. A job announced twice counts once: its first final line wins.

    Raises:
        BadResponse: the stream is cut, or a line is not the documented shape.
        QueryFailed: the server ended the stream with a failure instead of a footer.
    """
    answer = Answer()
    ended = False
    for text, is_whole in split_lines(chunks, longest_line_bytes=longest_line_bytes):
        line = _decode(text, is_whole=is_whole)
        if line.jobs_submitted is not None:
            answer.submitted = tuple(line.jobs_submitted)
        elif line.job_id is not None:
            _keep(answer, line)
        elif line.remaining_job_ids is not None:
            answer.remaining = tuple(line.remaining_job_ids)
            ended = True
        elif line.message is not None:
            reason = f" ({line.reason})" if line.reason else ""
            raise QueryFailed(f"{line.message}{reason}", error_type="INTERNAL")
    if not ended:
        raise BadResponse("The answer was cut short: it has no closing line.")
    return answer


def _decode(text: bytes | bytearray, *, is_whole: bool) -> Line:
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not is_whole:
            raise BadResponse("The answer was cut short in the middle of a line.") from error
        raise BadResponse(f"The server sent a line that is not a query answer: {error}") from error


def _keep(answer: Answer, line: Line) -> None:
    known = answer.jobs.get(line.job_id or "")
    if known is None or known.status not in FINAL_STATUSES:
        answer.jobs[line.job_id or ""] = line
