"""Every parameter has one narrow shape; renaming parameters of a signed address gives nothing."""

from __future__ import annotations

import itertools
import json

import pytest

from holoscope.access.embed.parameters import BadParameter, read_native, read_nonce, read_texts
from holoscope.access.embed.signatures import OPTIONAL

LEAST = {"contentPath": "/dashboards/12db1a0a", "externalId": "u-1", "name": "Ann Example"}
MODEL = "c0f12353-4817-4398-bcc0-d501e6dd2f64"
FULL = {
    **LEAST,
    "accessBoost": "true",
    "branch": "new colours",
    "connectionRoles": f'{{"{MODEL}":"VIEWER"}}',
    "customTheme": '{"dashboard-background":"linear-gradient(#fff, #eee)"}',
    "customThemeId": MODEL,
    "email": "ann@example.test",
    "entity": "blobs_r_us",
    "entityFolderContentRole": "EDITOR",
    "entityFolderGroupContentRole": "VIEWER",
    "entityFolderLabel": "Blobs R Us",
    "entityGroupLabel": "Blobs & Co.",
    "filterSearchParam": 'f--abc=%7B"kind"%3A"EQUALS"%7D',
    "groups": '["Analysts"]',
    "linkAccess": "12db1a0a, 34ab",
    "mode": "APPLICATION",
    "modelRoles": f'{{"{MODEL}":"RESTRICTED_QUERIER"}}',
    "prefersDark": "system",
    "preserveEntityFolderContentRole": "false",
    "theme": "vibes",
    "uiSettings": '{"showNavigation":false}',
    "userAttributes": '{"planet":["tatooine"],"tier":3}',
}
EMPTY = {
    "userAttributes": "{}",
    "connectionRoles": "{}",
    "modelRoles": "{}",
    "customTheme": "{}",
    "uiSettings": "{}",
}


def test_everything_at_once() -> None:
    read = read_texts(FULL)
    assert read.content_path == "/dashboards/12db1a0a"
    assert read.access_boost is True
    assert read.preserve_entity_folder_content_role is False
    assert read.user_attributes == {"planet": ["tatooine"], "tier": 3}
    assert read.groups == ("Analysts",)
    assert set(FULL) - set(LEAST) == set(OPTIONAL)


@pytest.mark.parametrize(
    "path",
    ["/dashboards/12db1a0a", "/w/12db1a0a/duplicate", "/chat", "/my", "/root", "/embed/dashboards/x", "/my/"],
)
def test_content_paths(path: str) -> None:
    assert read_texts({**LEAST, "contentPath": path}).content_path == path.removeprefix("/embed").rstrip("/")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/dashboards/../../api",
            "/api/v1/whoami",
        ),
        *("/dashboards/a?next=//evil", "/dashboards/a#x", "/dashboards/", "/dashboards/a/b", "javascript:1"),
        *(
            "/entity-folder",
            "/dashboards/%2e%2e",
            "",
            " /my",
            "/embed/embed/my",
            "/my\n",
            "/login",
            "/embed/login",
        ),
    ],
)
def test_paths_that_lead_elsewhere(path: str) -> None:
    with pytest.raises(BadParameter):
        read_texts({**LEAST, "contentPath": path})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("externalId", ""),
        ("externalId", "a\nb"),
        ("name", "   "),
        ("name", "a\x00"),
        ("name", "x" * 1001),
        ("accessBoost", "yes"),
        ("accessBoost", "1"),
        ("email", "no mail"),
        ("entity", "a b"),
        ("entity", "-a"),
        ("entityFolderContentRole", "OWNER"),
        ("entityFolderLabel", "x" * 65),
        ("filterSearchParam", "x=1"),
        ("filterSearchParam", "f--a=1 2"),
        ("groups", '"Analysts"'),
        ("groups", "[1]"),
        ("groups", "Analysts"),
        ("linkAccess", "a b"),
        ("linkAccess", "*"),
        ("mode", "application"),
        ("prefersDark", "maybe"),
        ("theme", "Vibes"),
        ("uiSettings", '{"showNavigation":"true"}'),
        ("uiSettings", '{"showSettings":true}'),
        ("uiSettings", "[]"),
        ("userAttributes", "[]"),
        ("userAttributes", '{"a":{"b":1}}'),
        ("userAttributes", "{"),
        ("userAttributes", '{"a":1,"a":2}'),
        ("connectionRoles", '{"x":"VIEWER"}'),
        ("modelRoles", "[]"),
        ("customTheme", '{"background":"red"}'),
        ("customThemeId", "mine"),
        ("customTheme", '{"dashboard-background":"red;} body{display:none"}'),
        ("customTheme", '{"dashboard-background":3}'),
        ("userAttributes", "[" * 100_000),
        ("isAdmin", "true"),
        ("organizationId", "x"),
        ("__proto__", "x"),
        ("Name", "x"),
        ("role", "ORG_ADMIN"),
    ],
)
def test_shapes_that_are_refused(name: str, value: str) -> None:
    with pytest.raises(BadParameter) as refused:
        read_texts({**LEAST, name: value})
    assert len(refused.value.detail) < 400


@pytest.mark.parametrize("nonce", [None, "", "short", "x" * 31, "x" * 33, "x" * 31 + "\n", "x" * 31 + "é"])
def test_nonces(nonce: str | None) -> None:
    with pytest.raises(BadParameter):
        read_nonce(nonce)


def test_json_gives_what_an_address_gives() -> None:
    native = {
        name: json.loads(text)
        if text[0] in "{[" or (text in {"true", "false"} and name != "prefersDark")
        else text
        for name, text in FULL.items()
    }
    assert read_native(native) == read_texts(FULL)


def test_renaming_a_parameter_gives_nothing_that_widens() -> None:
    """A renamed parameter has the same signature, so shapes tell apart what decides what is seen."""
    decides = {"accessBoost", "connectionRoles", "entity", "groups", "modelRoles", "userAttributes"}
    alike = []
    for name, other in itertools.permutations(OPTIONAL, 2):
        if other not in decides or name in EMPTY:
            continue
        said = {**LEAST, other: FULL[name]}
        try:
            read_texts(said)
        except BadParameter:
            continue
        alike.append((name, other))
    assert alike == [("preserveEntityFolderContentRole", "accessBoost")], "which links may ask for if allowed"
