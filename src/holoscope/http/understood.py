"""Bodies of `query/run` that were read before: dashboards ask the same thing over and over."""

from __future__ import annotations

from holoscope.http.body_limit import parse_json
from holoscope.http.query_envelope import Envelope, read_envelope
from holoscope.runs.request import CachePolicy, RunRequest

_MOST = 512
_LONGEST_BYTES = 8192

_Key = tuple[bytes, str | None, str | None]
_Read = tuple[Envelope, RunRequest]


class Understood:
    """Reads bodies, and remembers what small ones meant; reading depends on nothing but the text."""

    def __init__(self) -> None:
        self._known: dict[_Key, _Read] = {}

    def read(self, body: bytes, query_user_id: str | None, query_branch_id: str | None) -> _Read:
        """Return the judged envelope and what to run.

        Raises:
            InvalidJson, BadRequest: as `parse_json` and `read_envelope` do.
        """
        key = (body, query_user_id, query_branch_id)
        known = self._known.get(key)
        if known is not None:
            return known
        envelope = read_envelope(
            parse_json(body), query_user_id=query_user_id, query_branch_id=query_branch_id
        )
        read = (envelope, _request(envelope))
        if len(body) <= _LONGEST_BYTES:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = read
        return read


def _request(envelope: Envelope) -> RunRequest:
    named = envelope.query.get("client_result_id")
    return RunRequest(
        model_id=envelope.model_id,
        query=envelope.query,
        cache=CachePolicy(envelope.cache),
        plan_only=envelope.plan_only,
        client_result_id=named if isinstance(named, str) else None,
    )
