"""What a connection to PostgreSQL is made of; no server is needed."""

from __future__ import annotations

import pytest

from holoscope.cli.servers import read_url, stored_settings
from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText
from holoscope.warehouses.postgres.settings import read_settings, uri_of

GOOD = {"host": "db.example", "database": "shop", "user": "reader"}


def test_every_part_is_escaped():
    said = {"host": "::1", "database": "a/b?c", "user": "u@v:w", "sslmode": "verify-full"}
    uri = uri_of(read_settings(said, SecretText("p@/:?&'\""))).reveal()
    assert uri.startswith(
        "postgresql://u%40v%3Aw:p%40%2F%3A%3F%26%27%22@[::1]:5432/a%2Fb%3Fc?sslmode=verify-full&"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"host": "/var/run/postgresql"},
        {"host": "@abstract"},
        {"host": "a,b"},
        {"host": "a?options=-c"},
        {"host": ""},
        {"host": None},
        {"host": 7},
        {"port": "5432x"},
        {"port": 0},
        {"port": 65_536},
        {"port": "²"},
        {"database": ""},
        {"database": "a\x00b"},
        {"user": "x" * 64},
        {"user": ["x"]},
        {"schema": 5},
        {"sslmode": "allow"},
        {"options": "-c statement_timeout=0"},
        {"service": "x"},
        {"passfile": "/etc/passwd"},
    ],
)
def test_what_cannot_be(change):
    with pytest.raises(BadRequest):
        read_settings({**GOOD, **change})


def test_a_url():
    settings = read_url("postgres://reader:p%2Fw@db.example:6543/shop?schema=sales&sslmode=require", {})
    assert stored_settings(settings) == {
        "host": "db.example", "port": 6543, "database": "shop", "user": "reader", "schema": "sales",
        "sslmode": "require",
    }  # fmt: skip
    assert settings.password is not None
    assert settings.password.reveal() == "p/w"
    assert "p/w" not in repr(settings)
    asked = read_url("postgresql://reader@db.example/shop", {"PGPASSWORD": "x"})
    assert asked.password == SecretText("x")


@pytest.mark.parametrize(
    "url",
    [
        "postgres://db.example/shop",
        "postgres://u:sesame@db.example:port/shop",
        "postgres://u:sesame@/shop",
        "postgres://u:sesame@db.example",
        "postgres://u:sesame@db.example/shop?options=-cx",
        "postgres://u:sesame@db.example/shop?host=/tmp",
        "postgres://u:sesame@[::1/shop",
    ],
)
def test_a_url_that_cannot_be(url):
    with pytest.raises(BadRequest) as caught:
        read_url(url, {})
    assert "sesame" not in caught.value.detail
