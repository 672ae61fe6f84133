"""Filters of SCIM: read, refused, and the rows they choose."""

from __future__ import annotations

import pytest

from holoscope.access import scim_groups, scim_users
from holoscope.access.people_groups import add_to_group, create_group
from holoscope.access.scim_errors import BadScimFilter, BadScimPath
from holoscope.access.scim_filter import (
    Compare,
    Every,
    Not,
    PatchPath,
    Present,
    Some,
    Within,
    parse_filter,
    parse_path,
)
from holoscope.access.scim_listing import Asked
from support.town import Town, build_town

EVERYBODY = "Ada Vic Tess Quinn Moe Cara Nora"
OWN = "urn:omni:params:1.0:UserAttribute"
LOGIN = "urn:omni:params:scim:schemas:extension:user:2.0:lastLogin"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"

USERS = [
    ('userName eq "tess@shop.example"', "Tess"),
    ('USERNAME EQ "TESS@SHOP.EXAMPLE"', "Tess"),
    ('  username   Eq   "Tess@Shop.Example"  ', "Tess"),
    ('userName eq "\\u0074ess@shop.example"', "Tess"),
    (f'{CORE}:userName eq "tess@shop.example"', "Tess"),
    ('userName eq "tess"', ""),
    ('userName eq "eve@else.example"', ""),
    ('userName ne "tess@shop.example"', "Ada Vic Quinn Moe Cara Nora"),
    ('userName co "SHOP.example"', EVERYBODY),
    ('userName co "ess@"', "Tess"),
    ('userName co "%"', ""),
    ('userName co "_ess"', ""),
    ('userName co ""', EVERYBODY),
    ('userName sw "V"', "Vic"),
    ('userName ew "a@shop.example"', "Ada Cara Nora"),
    ('userName sw "vic@shop.example and more"', ""),
    ('userName gt "quinn" and userName lt "u"', "Tess Quinn"),
    ('userName ge "vic@shop.example" or userName le "ada@shop.example"', "Ada Vic"),
    ('displayName eq "QUINN"', "Quinn"),
    ('displayName co "o"', "Moe Nora"),
    ('displayName sw "m" or displayName sw "n" and displayName ew "x"', "Moe"),
    ('(displayName sw "m" or displayName sw "n") and displayName ew "a"', "Nora"),
    ('not (displayName co "a")', "Vic Tess Quinn Moe"),
    ('not(displayName co "a") and not (displayName co "e")', "Vic Quinn"),
    ("active eq true", EVERYBODY),
    ("active eq false", ""),
    ("active ne True", ""),
    ('active eq "True"', EVERYBODY),
    ("externalId pr", ""),
    ("externalId eq null", EVERYBODY),
    ('not (externalId eq "x")', EVERYBODY),
    ('externalId ne "x"', EVERYBODY),
    ("userName ne null", EVERYBODY),
    ('emails eq "ada@shop.example"', "Ada"),
    ('emails.value sw "ada"', "Ada"),
    ('emails[value sw "ada" and primary eq true]', "Ada"),
    ('emails[type eq "work" and value sw "ada"]', ""),
    ("emails pr", EVERYBODY),
    ("groups pr", "Tess Quinn"),
    ("not (groups pr)", "Ada Vic Moe Cara Nora"),
    ('groups.display eq "ANALYSTS"', "Tess Quinn"),
    ('groups[display sw "ana" and not (value pr)]', ""),
    ('groups.display ne "analysts"', "Ada Vic Moe Cara Nora"),
    ("title pr", ""),
    ('title eq "boss" or name.givenName sw "A"', ""),
    ('title ne "boss"', EVERYBODY),
    ('schemas eq "urn:omni:params:1.0:UserAttribute"', EVERYBODY),
    ('meta.resourceType eq "User"', EVERYBODY),
    ('meta.resourceType eq "Group"', ""),
    ('meta.created gt "2026-11-23T08:00:00Z" and meta.created lt "2026-11-24"', EVERYBODY),
    ('meta.lastModified ge "2031-01-01T00:00:00+01:00"', ""),
    (f"{LOGIN} pr", ""),
    (f'{LOGIN} lt "2031-01-01"', ""),
    (f'{OWN}:region eq "East"', "Tess"),
    (f'{OWN}:region eq "east"', ""),
    (f'{OWN}:region eq "Süd"', "Tess"),
    (f'{OWN}:region sw "S"', "Tess"),
    (f'{OWN}:region ne "East"', "Ada Vic Quinn Moe Cara Nora"),
    (f"{OWN}:region pr", "Tess"),
    (f"{OWN}:level gt 6.5", "Tess"),
    (f"{OWN}:level eq 7.0", "Tess"),
    (f'{OWN}:level lt "70"', "Tess"),
    (f"{OWN}:level gt 7", ""),
]

REFUSED = [
    "userName",
    "userName eq",
    "userName eq tess",
    'userName eq "tess',
    "userName eq 'tess'",
    "userName eq 5",
    "userName gt true",
    "userName gt null",
    'password eq "x"',
    "active gt true",
    'active eq "maybe"',
    'meta.created gt "yesterday"',
    'meta.created co "2026"',
    'userName eq "a" or 1 eq 1',
    'userName eq "a" userName',
    'userName eq "a" "b"',
    'userName eq "a" and',
    '(userName eq "a"',
    'userName eq "a")',
    'not userName eq "a"',
    "userName.value pr",
    "emails.nothing pr",
    'userName[value eq "x"]',
    'emails[value eq "x"].value eq "x"',
    'userName eq "\\x"',
    'userName eq "\\ud800"',
    'userName eq "\\u0000"',
    'userName eq "a" ; DROP TABLE users',
    'userName eq "' + "a" * 10_001 + '"',
    "(" * 60 + "userName pr" + ")" * 60,
    " or ".join(["userName pr"] * 401),
    f"{OWN}:nothing pr",
    f"{OWN}:level eq 1e999",
    f'{OWN}:level co "7"',
    "\0",
    ")",
    "[",
]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build_town(tmp_path_factory.mktemp("town"))


def test_the_members_a_filter_chooses(town: Town) -> None:
    actor = town.actor("ada")
    for text, expected in USERS:
        answer = scim_users.list_users(town.database, actor, Asked(text))
        assert " ".join(each["displayName"] for each in answer["Resources"]) == expected, text
        assert answer["totalResults"] == len(expected.split()), text


def test_the_groups_a_filter_chooses(town: Town) -> None:
    actor = town.actor("ada")
    tess = town.people["tess"].membership_id
    with town.database.writing() as connection:
        outer = create_group(connection, town.organization.id, "Outer", town.clock(), external_id="Ext")
        inner = create_group(connection, town.organization.id, "Inner", town.clock())
        add_to_group(connection, outer, [inner.id])
    for text, expected in (
        (f'members eq "{tess.upper()}"', "Analysts"),
        (f'members.value eq "{inner.id}"', "Outer"),
        ('members[type eq "Group" and display sw "inn"]', "Outer"),
        ('members.display co "@shop"', "Analysts"),
        ("members pr", "Analysts Outer"),
        ("not (members pr)", "Inner"),
        ('externalId eq "Ext"', "Outer"),
        ('externalId eq "ext"', ""),
        ('externalId co "xt" or displayName eq "INNER"', "Outer Inner"),
    ):
        answer = scim_groups.list_groups(town.database, actor, Asked(text))
        assert " ".join(each["displayName"] for each in answer["Resources"]) == expected, text


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_malformed_filters_are_400(town: Town, text: str) -> None:
    with pytest.raises(BadScimFilter) as refused:
        scim_users.list_users(town.database, town.actor("ada"), Asked(text))
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")
    assert "filter" in refused.value.detail


def test_and_binds_tighter_than_or() -> None:
    a, b, c = Present("a"), Present("b"), Present("c")
    assert parse_filter("a pr or b pr and c pr") == Some((a, Every((b, c))))
    assert parse_filter("(a pr or b pr) and c pr") == Every((Some((a, b)), c))
    assert parse_filter("not (a pr) or x[b pr]") == Some((Not(a), Within("x", b)))
    assert parse_filter("not pr") == Present("not")


def test_paths() -> None:
    chosen = Compare("value", "eq", "x")
    assert parse_path('members[value eq "x"]') == PatchPath("members", chosen)
    assert parse_path('emails[value eq "x"].value') == PatchPath("emails", chosen, "value")
    assert parse_path(f"{CORE}:userName") == PatchPath(f"{CORE}:userName")
    for text in ("", "[", "a[", "a]", 'a[value eq "x"]b', "a[value]", "a b", "5"):
        with pytest.raises(BadScimPath):
            parse_path(text)


def test_the_index_is_used_to_find_a_member_by_mail(town: Town) -> None:
    from sqlalchemy import event

    plans: list[str] = []

    def explain(connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def]
        if "email_key = ?" in statement and "EXPLAIN" not in statement:
            cursor = connection.connection.cursor()
            steps = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            plans.append(" ".join(step for step in steps if "memberships" in step or "users" in step))

    event.listen(town.database.engine, "before_cursor_execute", explain)
    try:
        scim_users.list_users(town.database, town.actor("ada"), Asked('userName eq "tess@shop.example"'))
    finally:
        event.remove(town.database.engine, "before_cursor_execute", explain)
    assert len(plans) == 2, "the total and the page"
    for plan in plans:
        assert plan.startswith("SEARCH users USING"), plan
        assert "email_key=?" in plan
        assert plan.endswith("(organization_id=? AND user_id=?)")
