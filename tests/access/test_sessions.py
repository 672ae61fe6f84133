"""Sessions: what is kept of them, what ends them and how soon, who may see and end which."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from holoscope.access.actors import CredentialKind
from holoscope.access.errors import NoSuchSession, SessionEnded
from holoscope.access.origin import set_origin
from holoscope.access.people import deactivate_member
from holoscope.access.session_rows import SessionKind
from holoscope.access.sessions import OpenedSession, Sessions
from holoscope.kit.paging import BadCursor
from holoscope.kit.secrets import SecretText
from holoscope.storage import tables
from holoscope.storage.unit_of_work import open_database
from support.town import PEPPER, Town

DAY = timedelta(days=1)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def sessions(town: Town, clock: SetClock) -> Sessions:
    return Sessions(town.database, PEPPER, clock, idle=timedelta(hours=2))


def opened(
    town: Town,
    sessions: Sessions,
    who: str = "quinn",
    kind: SessionKind = SessionKind.WEB,
    lifetime: timedelta = DAY,
    **details: object,
) -> OpenedSession:
    person = town.people[who]
    with town.database.writing() as connection:
        return sessions.open(
            connection,
            person.organization_id,
            person.membership_id,
            kind=kind,
            details=details,
            lifetime=lifetime,
        )


def test_the_cookie_s_text_proves_the_member(town: Town, sessions: Sessions) -> None:
    set_origin("192.0.2.1", "Browser/1", "r-1")
    session = opened(town, sessions, kind=SessionKind.EMBED, mode="APPLICATION")
    text = session.text.reveal()
    assert sessions.find_live(text) is None
    live = sessions.load(text)
    assert live.actor == sessions.load_actor(text)
    assert sessions.find_live(text) == live
    assert live.actor.membership_id == town.people["quinn"].membership_id
    assert (live.actor.credential_kind, live.actor.credential_id) == (CredentialKind.EMBED, session.id)
    assert not live.actor.has_organization_key
    assert live.session.details == {"mode": "APPLICATION"}
    assert (live.session.address, live.session.user_agent) == ("192.0.2.1", "Browser/1")
    web = sessions.load_actor(opened(town, sessions).text.reveal())
    assert web.credential_kind is CredentialKind.SESSION


@pytest.mark.parametrize("text", ["", "hos_", "hos_" + "a" * 42, "omni_osk_" + "0" * 56, "hos_" + "ä" * 43])
def test_other_texts_prove_nothing(sessions: Sessions, text: str) -> None:
    for judge in (sessions.load, sessions.find_live):
        with pytest.raises(SessionEnded) as refused:
            judge(text)
        assert refused.value.status == 401


def test_an_unknown_text_of_the_right_form_and_another_pepper(town: Town, sessions: Sessions) -> None:
    text = opened(town, sessions).text.reveal()
    with pytest.raises(SessionEnded):
        sessions.load("hos_" + "a" * 43)
    other = Sessions(town.database, SecretText("another pepper 0123456789 abcdefghij KL"), town.clock)
    with pytest.raises(SessionEnded):
        other.load(text)


def town_pepper():
    from holoscope.kit.secrets import SecretText

    return SecretText("another pepper 0123456789 abcdefghij KLMNOP")


def test_only_digests_are_kept(town: Town, sessions: Sessions) -> None:
    text = opened(town, sessions, mode="x").text.reveal()
    with town.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                assert text not in json.dumps(dict(row), default=str)
                assert text[4:] not in json.dumps(dict(row), default=str)
    assert sessions.csrf_token(text) not in text
    assert sessions.csrf_token(text) != sessions.csrf_token(opened(town, sessions).text.reveal())


def test_it_ends_after_its_lifetime_however_much_it_is_used(
    town: Town, sessions: Sessions, clock: SetClock
) -> None:
    text = opened(town, sessions, lifetime=timedelta(hours=3)).text.reveal()
    for _ in range(2):
        clock.now += timedelta(hours=1, minutes=29)
        town.database.touch()
        sessions.load(text)
        sessions.close()
    clock.now += timedelta(minutes=2)
    town.database.touch()
    with pytest.raises(SessionEnded):
        sessions.load(text)


def test_a_web_session_left_alone_ends_and_an_embedded_one_does_not(
    town: Town, sessions: Sessions, clock: SetClock
) -> None:
    web, embed = opened(town, sessions), opened(town, sessions, kind=SessionKind.EMBED)
    clock.now += timedelta(hours=2)
    town.database.touch()
    with pytest.raises(SessionEnded):
        sessions.load(web.text.reveal())
    sessions.load(embed.text.reveal())


def test_being_seen_is_noted_at_most_once_a_minute_without_voiding_verdicts(
    town: Town, sessions: Sessions, clock: SetClock
) -> None:
    text = opened(town, sessions).text.reveal()
    clock.now += timedelta(minutes=30)
    sessions.load(text)
    changes = town.database.changes
    sessions.close()
    assert town.database.changes == changes
    assert sessions.page(town.organization.id).records[0].last_seen_at == clock.now
    seen = clock.now
    clock.now += timedelta(seconds=59)
    town.database.touch()
    sessions.load(text)
    sessions.close()
    assert sessions.page(town.organization.id).records[0].last_seen_at == seen


def test_revoking_counts_at_once(town: Town, sessions: Sessions) -> None:
    mine, other = opened(town, sessions), opened(town, sessions)
    actor = sessions.load_actor(mine.text.reveal())
    sessions.load(other.text.reveal())
    sessions.revoke(actor, other.id, only_own=True)
    with pytest.raises(SessionEnded):
        sessions.load(other.text.reveal())
    with pytest.raises(NoSuchSession):
        sessions.revoke(actor, other.id)
    sessions.load(mine.text.reveal())


def test_deactivating_a_member_ends_the_sessions_at_once_and_soon_elsewhere(
    town: Town, sessions: Sessions
) -> None:
    text = opened(town, sessions).text.reveal()
    elsewhere = Sessions(open_database(town.database.engine.url.render_as_string()), PEPPER, sessions._clock)
    sessions.load(text)
    elsewhere.load(text)
    with town.database.writing() as connection:
        deactivate_member(
            connection, town.organization.id, town.people["quinn"].membership_id, sessions._clock()
        )
    with pytest.raises(SessionEnded):
        sessions.load(text)
    elsewhere._live._tick = lambda: float("inf")
    with pytest.raises(SessionEnded):
        elsewhere.load(text)


def test_only_own_sessions_unless_allowed_more_and_never_another_organization_s(
    town: Town, sessions: Sessions
) -> None:
    mine, hers = opened(town, sessions), opened(town, sessions, "vic")
    actor = sessions.load_actor(mine.text.reveal())
    with pytest.raises(NoSuchSession):
        sessions.revoke(actor, hers.id, only_own=True)
    stranger = replace(actor, organization_id=town.other.id)
    with pytest.raises(NoSuchSession):
        sessions.revoke(stranger, hers.id)
    sessions.revoke(actor, hers.id)


def test_ending_all_but_one(town: Town, sessions: Sessions) -> None:
    kept, *others = (opened(town, sessions) for _ in range(3))
    hers = opened(town, sessions, "vic")
    with town.database.writing() as connection:
        assert sessions.end_all_of(connection, town.people["quinn"].membership_id, but=kept.id) == 2
    sessions.load(kept.text.reveal())
    sessions.load(hers.text.reveal())
    for each in others:
        with pytest.raises(SessionEnded):
            sessions.load(each.text.reveal())


def test_pages_of_open_and_ended_ones(town: Town, sessions: Sessions, clock: SetClock) -> None:
    made = []
    for who in ("quinn", "vic", "quinn", "vic"):
        clock.now += timedelta(minutes=1)
        made.append(opened(town, sessions, who).id)
    with town.database.writing() as connection:
        sessions.end_all_of(connection, town.people["vic"].membership_id)
    quinn = town.people["quinn"].membership_id
    assert [each.id for each in sessions.page(town.organization.id).records] == [made[2], made[0]]
    ended = sessions.page(town.organization.id, is_open=False).records
    assert [each.id for each in ended] == [made[3], made[1]]
    assert not any(map(sessions.is_open, ended))
    both = sessions.page(town.organization.id, is_open=None, size=3)
    assert [each.id for each in both.records] == made[:0:-1]
    rest = sessions.page(town.organization.id, is_open=None, size=3, after_id=both.next_cursor)
    assert ([each.id for each in rest.records], rest.next_cursor, rest.total_records) == (made[:1], None, 4)
    assert sessions.page(town.organization.id, membership_id=quinn).total_records == 2
    assert sessions.page(town.other.id).total_records == 0
    with pytest.raises(BadCursor):
        sessions.page(town.other.id, after_id=made[0])
