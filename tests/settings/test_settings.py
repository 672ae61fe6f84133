"""What an operator may choose, where from, and what is refused."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from holoscope.settings import (
    COMMAND_VARIABLES,
    InvalidSettings,
    Settings,
    default_text,
    load_settings,
    variable,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_command_line_wins_over_environment_wins_over_default() -> None:
    assert load_settings({}, {}).port == 8443
    assert load_settings({}, {"HOLOSCOPE_PORT": "9000"}).port == 9000
    assert load_settings({"port": 9001}, {"HOLOSCOPE_PORT": "9000"}).port == 9001
    assert load_settings({"port": None}, {"HOLOSCOPE_PORT": "9000"}).port == 9000


def test_a_command_may_bring_its_own_default_below_the_environment() -> None:
    assert load_settings({}, {}, log_level="warning").log_level == "warning"
    assert load_settings({}, {"HOLOSCOPE_LOG_LEVEL": "debug"}, log_level="warning").log_level == "debug"


def test_an_empty_variable_counts_as_unset() -> None:
    assert load_settings({}, {"HOLOSCOPE_TLS_CERT": "", "HOLOSCOPE_PORT": ""}) == Settings()


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("HOLOSCOPE_PROT", "HOLOSCOPE_PORT"), ("HOLOSCOPE_RATELIMIT", "HOLOSCOPE_RATE_LIMIT")],
)
def test_an_unknown_variable_is_an_error_that_names_the_nearest(wrong: str, meant: str) -> None:
    with pytest.raises(InvalidSettings, match=rf"{wrong}\. Did you mean {meant}\?"):
        load_settings({}, {wrong: "1", "PATH": "/bin"})


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_trusted_proxies_are_networks() -> None:
    loaded = load_settings({"behind_proxy": True}, {"HOLOSCOPE_TRUSTED_PROXIES": "10.0.0.0/8, ::1"})
    assert loaded.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"port": "http"}, "--port: "),
        ({"port": 70000}, "--port: "),
        ({"rate_limit": -1}, "--rate-limit: "),
        ({"log_level": "loud"}, "--log-level: "),
        ({"tls_cert": "a.pem"}, "belong together"),
        ({"insecure_http": True, "host": "0.0.0.0"}, "refused on 0.0.0.0"),
        ({"insecure_http": True, "host": "example.com"}, "refused on example.com"),
        ({"insecure_http": True, "tls_cert": "a", "tls_key": "b"}, "cannot be combined"),
        ({"behind_proxy": True}, "needs --trusted-proxies"),
        ({"trusted_proxies": "10.0.0.0/8"}, "without --behind-proxy"),
        ({"behind_proxy": True, "trusted_proxies": "10.0.0.1/8"}, "host bits"),
        ({"behind_proxy": True, "trusted_proxies": "proxy.local"}, "--trusted-proxies: "),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidSettings, match=re.escape(sentence)):
        load_settings(given, {})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_insecure_http_is_for_loopback(host: str) -> None:
    assert load_settings({"insecure_http": True, "host": host}, {}).insecure_http


def test_a_password_in_the_database_url_is_not_shown() -> None:
    assert "hunter2" not in repr(load_settings({"database_url": "sqlite:///hunter2.db"}, {}))


@pytest.mark.parametrize("said", ["off", "false", "0"])
def test_queries_are_told_to_the_audit_log_unless_switched_off(said: str) -> None:
    assert load_settings({}, {}).audit_queries
    assert not load_settings({}, {"HOLOSCOPE_AUDIT_QUERIES": said}).audit_queries
    assert not load_settings({"audit_queries": False}, {}).audit_queries


@pytest.mark.parametrize(("said", "is_fine"), [("0", True), ("1", False), ("364", False), ("365", True)])
def test_a_year_of_the_audit_log_is_always_kept(said: str, is_fine: bool) -> None:
    environment = {"HOLOSCOPE_AUDIT_RETENTION_DAYS": said}
    if is_fine:
        assert load_settings({}, environment).audit_retention_days == int(said)
    else:
        with pytest.raises(InvalidSettings, match="365 or more"):
            load_settings({}, environment)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `HOLOSCOPE_"):
            name, option, default, text = [cell.strip() for cell in line.strip("|").split(" | ")]
            rows[name.strip("`")] = (option.strip("`"), default.strip("`"), text)
    expected = {}
    for name, field in Settings.model_fields.items():
        option = f"--{name.replace('_', '-')}"
        expected[variable(name)] = (option, default_text(name) or "none", field.description)
    documented = {name: row for name, row in rows.items() if name not in COMMAND_VARIABLES}
    assert documented == expected
    assert set(rows) - set(documented) == COMMAND_VARIABLES
