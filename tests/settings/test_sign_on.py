"""What an operator may say about signing in, and which halves of it are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holoscope.app import _provider
from holoscope.settings import InvalidSettings, Settings, load_settings

WHOLE = {
    "public_url": "https://bi.example.com",
    "oidc_issuer": "https://id.example.com/realms/main",
    "oidc_client_id": "holoscope",
    "oidc_client_secret": "c4n4ry of the client",
}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://bi.example.com", "https://bi.example.com"),
        ("https://BI.example.com:443/", "https://bi.example.com"),
        ("https://bi.example.com:8443", "https://bi.example.com:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_the_public_address_is_an_origin(given: str, read: str) -> None:
    assert load_settings({"public_url": given}, {}).public_url == read


@pytest.mark.parametrize(
    "given",
    [
        "bi.example.com",
        "http://bi.example.com",
        "https://bi.example.com/path",
        "https://bi.example.com?x=1",
        "https://user@bi.example.com",
        "https://bi.example.com:port",
        "ftp://bi.example.com",
        "https://",
        "",
    ],
)
def test_what_is_no_public_address(given: str) -> None:
    with pytest.raises(InvalidSettings, match="--public-url: "):
        load_settings({"public_url": given}, {})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"oidc_issuer": None}, "mean nothing without --oidc-issuer"),
        ({"oidc_client_id": None}, "needs --oidc-client-id and --public-url"),
        ({"public_url": None}, "needs --oidc-client-id and --public-url"),
        ({"oidc_client_secret": None}, "either a client secret or a file"),
        ({"oidc_client_secret_file": "secret"}, "either a client secret or a file"),
        ({"oidc_scopes": "email"}, "must hold openid"),
    ],
)
def test_halves_are_refused(changes: dict[str, str | None], sentence: str) -> None:
    with pytest.raises(InvalidSettings, match=re.escape(sentence)):
        load_settings(WHOLE | changes, {})


def test_nobody_is_locked_out_by_a_switch_alone() -> None:
    with pytest.raises(InvalidSettings, match="nobody could sign in"):
        load_settings({"sso_only": True}, {})


def test_the_secret_shows_nowhere() -> None:
    settings = load_settings(WHOLE, {})
    assert "c4n4ry" not in repr(settings)
    provider = _provider(settings)
    assert provider is not None
    assert "c4n4ry" not in repr(provider)
    with pytest.raises(InvalidSettings) as refused:
        load_settings(WHOLE | {"oidc_scopes": "x"}, {})
    assert "c4n4ry" not in str(refused.value)


def test_the_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    by_file = load_settings(WHOLE | {"oidc_client_secret": None, "oidc_client_secret_file": file}, {})
    by_variable = load_settings(
        WHOLE | {"oidc_client_secret": None}, {"HOLOSCOPE_OIDC_CLIENT_SECRET": "from the environment"}
    )
    found = [_provider(settings) for settings in (by_file, by_variable)]
    assert [each.client_secret.reveal() for each in found if each] == [
        "from the file",
        "from the environment",
    ]
    file.write_text(" \n")
    with pytest.raises(InvalidSettings, match="is empty"):
        _provider(by_file)
    file.unlink()
    with pytest.raises(InvalidSettings, match="cannot be read"):
        _provider(by_file)


def test_plain_http_must_be_said() -> None:
    plain = WHOLE | {"oidc_issuer": "http://127.0.0.1:9000"}
    with pytest.raises(InvalidSettings, match="must be an https address"):
        _provider(load_settings(plain, {}))
    assert _provider(load_settings(plain | {"oidc_allow_insecure_loopback": True}, {})) is not None
    far = plain | {"oidc_issuer": "http://id.example.com", "oidc_allow_insecure_loopback": True}
    with pytest.raises(InvalidSettings, match="must be an https address"):
        _provider(load_settings(far, {}))


def test_without_a_provider() -> None:
    assert _provider(Settings()) is None


def test_domains_are_words() -> None:
    provider = _provider(load_settings(WHOLE | {"oidc_domains": "example.com, Example.org"}, {}))
    assert provider is not None
    assert provider.domains == ("example.com", "Example.org")
    assert provider.takes("a@EXAMPLE.COM")
    assert provider.takes("a@example.org")
    assert not provider.takes("a@example.net")
    assert provider.redirect_uri == "https://bi.example.com/sign-in/oidc/callback"
