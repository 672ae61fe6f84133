"""Whose answer a job's is: by which key it can be collected, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType, set_attributes
from holoscope.access.people import insert_member
from holoscope.access.roles import Holder, Role, Target, assign_role
from support.house import House, build_house
from support.house_model import FILES

RUN, WAIT = "/api/v1/query/run", "/api/v1/query/wait"
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
OWN_STATE = """
base_view: orders
joins: {}
access_filters:
- { field: orders.state, user_attribute: state }
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path, files={**FILES, "own.topic": OWN_STATE}, base_role=Role.NO_ACCESS)
    with built.database.writing() as connection:
        wanted = AttributeDefinition("", "state", "State", AttributeType.STRING, multiple_values=True)
        define_attribute(connection, built.organization_id, wanted, NOW)
    _give(built, built.member_id, "done")
    yield built
    built.close()


def _give(house: House, member_id: str, *states: str, role: Role = Role.QUERY_TOPICS) -> None:
    with house.database.writing() as connection:
        set_attributes(connection, house.organization_id, member_id, {"state": states})
        holder, target = Holder(member_id), Target(model_id=house.model_id)
        assign_role(connection, house.organization_id, holder, target, role)


def _newcomer(house: House, *states: str) -> str:
    """Add a member who sees the same rows, and give their own key."""
    with house.database.writing() as connection:
        member = insert_member(
            connection, house.organization_id, email="cy@example.test", name="Cy", role=OrgRole.MEMBER, at=NOW
        )
    _give(house, member.membership_id, *states)
    return _key(house, member.membership_id)


def _key(house: House, member_id: str, kind: KeyKind = KeyKind.USER) -> str:
    return house.services.keys.issue(house.organization_id, member_id, name="k", kind=kind).text.reveal()


def _run(client: TestClient, house: House, **params: str) -> str:
    query = {
        "modelId": house.model_id,
        "join_paths_from_topic_name": "own",
        "fields": ["orders.state", "orders.count"],
    }
    response = client.post(RUN, json={"query": query}, params=params)
    job: dict[str, Any] = orjson.loads(response.content.splitlines()[1])
    assert job["status"] == "COMPLETE", job
    return str(job["job_id"])


def _collects(client: TestClient, job_id: str) -> bool:
    """Tell whether a job is there; what is not there looks like what never was, line by line."""
    unknown = "0b8a0000-0000-4000-8000-000000000000"
    response = client.get(WAIT, params={"jobIds": job_id})
    if response.status_code == 403:  # a key whose member may do nothing any more
        return False
    text = response.text
    if orjson.loads(text.splitlines()[0])["status"] == "COMPLETE":
        return True
    assert text == client.get(WAIT, params={"jobIds": unknown}).text.replace(unknown, job_id)
    return False


def test_a_job_is_its_askers_and_of_who_acts_as_them(house: House) -> None:
    with house.client(house.personal_key) as client:
        job_id = _run(client, house)
        assert _collects(client, job_id)
        assert _collects(house.client(_key(house, house.member_id)), job_id), "another key of the same member"
        assert _collects(house.client(house.admin_key), job_id), "a key that acts as any member"
        assert not _collects(house.client(_newcomer(house, "done")), job_id), "somebody who sees the same"
        assert not _collects(house.client(_key(house, house.admin_id)), job_id), "an administrator in person"


def test_a_job_asked_as_somebody_is_collected_with_the_same_key(house: House) -> None:
    with house.client(house.admin_key) as client:
        job_id = _run(client, house, userId=house.member_id)
        assert _collects(client, job_id), "clients do not repeat userId"
        assert _collects(house.client(house.personal_key), job_id), "whom it was asked as"
        assert not _collects(house.client(_newcomer(house, "done")), job_id)


def test_an_answer_is_there_while_its_asker_may_see_it(house: House) -> None:
    with house.client(house.personal_key) as client:
        job_id = _run(client, house)
        _give(house, house.member_id, "open")
        assert not _collects(client, job_id), "another value of the attribute"
        assert not _collects(house.client(house.admin_key), job_id)
        _give(house, house.member_id)
        assert not _collects(client, job_id), "no value"
        _give(house, house.member_id, "done", role=Role.QUERIER)
        assert not _collects(client, job_id), "another role"
        _give(house, house.member_id, "done", role=Role.NO_ACCESS)
        assert not _collects(client, job_id), "no role"
        _give(house, house.member_id, "done")
        assert _collects(client, job_id)
