"""Queries in the audit log: who, which model, how it ended, and nothing of what was asked or answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from holoscope.access.audit.actions import Action
from holoscope.access.audit.queue import AuditQueue, Noted
from holoscope.storage.tables import audit_events
from support.house import House, build_house

COUNT = {"join_paths_from_topic_name": "orders", "table": "orders", "fields": ["orders.count"]}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = build_house(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with house.client() as client:
        yield client


def told(house: House, action: Action = Action.QUERY_EXECUTE) -> list[dict[str, Any]]:
    assert house.services.audit is not None
    house.services.audit.flush()
    wanted = select(audit_events).where(audit_events.c.action == action.value).order_by(audit_events.c.at)
    with house.database.reading() as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]


def ask(client: TestClient, house: House, more: dict[str, Any] | None = None, **query: Any) -> str:
    body = {"query": {"modelId": house.model_id, **query}, **(more or {})}
    answer = client.post("/api/v1/query/run", json=body)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_query_is_an_event_of_whoever_asked(house: House, client: TestClient) -> None:
    text = ask(client, house, **COUNT)
    job_id = next(iter(json.loads(text.splitlines()[0])["jobs_submitted"]))
    ask(client, house, **COUNT)
    first, second = told(house)
    assert (first["membership_id"], first["credential_kind"]) == (house.admin_id, "organization")
    assert first["credential_id"]
    assert (first["object_type"], first["object_id"], first["outcome"]) == (
        "model",
        house.model_id,
        "success",
    )
    assert first["request_id"]
    details = first["details"]
    assert details.pop("durationMs") >= 0
    assert details == {"jobId": job_id, "topic": "orders", "view": "orders", "rows": 1, "cacheType": "MISS"}
    assert second["details"]["cacheType"] == "EXACT"
    assert first["request_id"] != second["request_id"]


def test_whose_key_and_who_is_acted_as(house: House, client: TestClient) -> None:
    ask(client, house, {"userId": house.member_id}, **COUNT)
    (event,) = told(house)
    assert event["membership_id"] == house.member_id
    assert event["details"]["impersonatedBy"] == house.admin_id
    (began,) = told(house, Action.USER_IMPERSONATE)
    assert (began["membership_id"], began["object_type"], began["object_id"]) == (
        house.admin_id,
        "user",
        house.member_id,
    )


def test_failures_plans_and_documents(house: House, client: TestClient) -> None:
    ask(client, house, userEditedSQL="SELECT * FROM nowhere", rewriteSql=False)
    ask(client, house, {"planOnly": True}, **COUNT)
    ask(client, house, {"resultType": "csv"}, **COUNT)
    failed, document = told(house)
    assert failed["outcome"] == "failed"
    assert failed["details"]["error"]
    assert failed["details"]["rows"] is None
    assert document["outcome"] == "success"


def test_neither_sql_nor_filter_values_nor_results_are_kept(house: House, client: TestClient) -> None:
    secret = "very-private-value"
    sql = f"SELECT '{secret}' AS one"
    ask(client, house, userEditedSQL=sql, rewriteSql=False, table=sql)
    ask(
        client, house, **COUNT,
        filters={"people.name": {"kind": "EQUALS", "type": "string", "values": [secret]}},
    )  # fmt: skip
    ask(client, house, userEditedSQL=f"SELECT {secret} FROM nowhere", rewriteSql=False)
    events = told(house)
    assert len(events) == 3
    assert secret not in json.dumps(events, default=str)
    assert "SELECT" not in json.dumps(events, default=str)


def noted(house: House, number: int) -> Noted:
    return Noted(house.organization_id, Action.QUERY_EXECUTE, None, None, None, "model", str(number))


def test_what_finds_no_room_is_counted_and_told(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    queue = AuditQueue(house.database, most=700)
    monkeypatch.setattr(queue, "_start", lambda: None)  # nobody writes meanwhile
    for number in range(705):
        queue.add(noted(house, number))
    assert queue.dropped == 5
    queue.close()
    assert "5 events of the audit log were dropped" in caplog.text
    assert sorted(int(event["object_id"]) for event in told(house)) == list(range(700))


def test_events_wait_for_a_database_that_refuses(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = AuditQueue(house.database)
    monkeypatch.setattr(queue, "_start", lambda: None)

    def refuse() -> None:
        raise OperationalError("INSERT", None, Exception("locked"))

    with monkeypatch.context() as broken:
        broken.setattr(house.database, "noting", refuse)
        queue.add(noted(house, 1))
        with pytest.raises(OperationalError):
            queue.flush()
    queue.close()
    assert [event["object_id"] for event in told(house)] == ["1"]
    assert queue.dropped == 0


def test_events_of_many_threads_are_written_once_and_void_no_verdict(house: House) -> None:
    queue, before = AuditQueue(house.database), house.database.changes

    def work(first: int) -> None:
        for number in range(first, first + 500):
            queue.add(noted(house, number))

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 2000, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.close()
    assert sorted(int(event["object_id"]) for event in told(house)) == list(range(2000))
    assert house.database.changes == before
