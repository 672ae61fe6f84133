"""Every operation x every way a credential can fail, before anything else is looked at."""

from __future__ import annotations

import pytest

from holoscope.http.application import describe
from support.house import House
from support.refusals import INVALID_KEY, MALFORMED, NO_SCIM, refused_credential, refused_scim

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"
GUARDED = sorted(
    (method.upper(), path)
    for path, item in describe()["paths"].items()
    for method, operation in item.items()
    if operation.get("security") != []
)
SCIM = [place for place in GUARDED if place[1].startswith("/api/scim/")]


def filled(path: str) -> str:
    """Give every path parameter a value that nothing has."""
    parts = [UNKNOWN if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_no_header(house: House, method: str, path: str) -> None:
    refused_credential(house.client(None).request(method, filled(path)), 400, MALFORMED)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "omni_osk_x", "Bearer a b"])
@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_malformed_header(house: House, method: str, path: str, header: str) -> None:
    response = house.client(None, Authorization=header).request(method, filled(path))
    refused_credential(response, 400, MALFORMED)


@pytest.mark.parametrize("which", ["nonsense", "wrong_checksum", "disabled", "revoked"])
@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_invalid_key(house: House, method: str, path: str, which: str) -> None:
    last = "0" if house.admin_key[-1] != "0" else "1"
    key = {
        "nonsense": "not-a-key",
        "wrong_checksum": house.admin_key[:-1] + last,
        "disabled": house.disabled_key,
        "revoked": house.revoked_key,
    }[which]
    refused_credential(house.client(key).request(method, filled(path)), 403, INVALID_KEY)


@pytest.mark.parametrize(("method", "path"), SCIM)
def test_a_personal_key_never_reads_the_directory(house: House, method: str, path: str) -> None:
    refused_scim(house.client(house.personal_key).request(method, filled(path)), 403, NO_SCIM)


def test_the_key_is_judged_before_the_request(house: House) -> None:
    client = house.client("not-a-key")
    refused_credential(client.get("/api/v1/models?bogus=1&pageSize=0"), 403, INVALID_KEY)
    refused_credential(client.put(f"/api/v1/api-keys/{UNKNOWN}", content=b"{"), 403, INVALID_KEY)
    refused_credential(client.get("/api/v1/models/not-a-uuid/topic"), 403, INVALID_KEY)


def test_scheme_in_any_letter_case(house: House) -> None:
    client = house.client(None, Authorization=f"bEaReR {house.admin_key}")
    assert client.get("/api/v1/whoami").status_code == 200


def test_description_and_health_need_no_key(house: House) -> None:
    client = house.client(None)
    assert [client.get(path).status_code for path in ("/api/openapi.json", "/healthz", "/readyz")] == [
        200
    ] * 3
