"""Addresses, keys, lists of models and topics; and that the key is seen nowhere."""

from __future__ import annotations

import traceback

import httpx2
import pytest

from holoscope.client import BadResponse, Client, ClientError, NotConfigured
from holoscope.client.address import Bearer, api_root
from support.web import KEY, Script


def page(ids: list[str], cursor: str | None) -> httpx2.Response:
    info = {"hasNextPage": cursor is not None, "nextCursor": cursor, "pageSize": 100, "totalRecords": 3}
    return httpx2.Response(200, json={"pageInfo": info, "records": [{"id": id_, "name": id_} for id_ in ids]})


@pytest.mark.parametrize(
    "base",
    [
        "https://host.example:8443",
        "host.example:8443",
        "https://host.example:8443/",
        "https://host.example:8443/api",
        "https://host.example:8443/api/",
        "https://host.example:8443/api/v1",
        " https://host.example:8443/api/unstable ",
    ],
)
def test_every_spelling_of_the_base(base: str) -> None:
    assert api_root(base) == "https://host.example:8443/api"


def test_a_base_below_a_path() -> None:
    assert api_root("https://host.example/holoscope/api") == "https://host.example/holoscope/api"


@pytest.mark.parametrize(
    "base",
    [
        "",
        "https://",
        "ftp://host",
        "http://host.example",
        "http://127.0.0.1.example.com",
        "https://me:secret@host.example",
        "https://host.example?key=secret",
    ],
)
def test_a_base_that_would_betray_or_cannot_work(base: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        api_root(base)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_plain_http_on_this_machine_only(host: str) -> None:
    assert api_root(f"http://{host}:8080") == f"http://{host}:8080/api"


@pytest.mark.parametrize("key", ["", "  ", "two words", "new\nline", "ключ"])
def test_keys_that_cannot_be(key: str) -> None:
    with pytest.raises(NotConfigured):
        Bearer(key)


def test_from_the_environment(tmp_path) -> None:
    client = Client.from_env({"OMNI_BASE_URL": "https://a.example", "OMNI_API_KEY": KEY})
    assert repr(client) == "Client('https://a.example/api')"
    with pytest.raises(NotConfigured, match="Set OMNI_API_KEY"):
        Client.from_env({"OMNI_BASE_URL": "https://a.example", "OMNI_API_KEY": " "})
    with pytest.raises(NotConfigured, match="cannot be read"):
        Client.from_env(
            {
                "OMNI_BASE_URL": "https://a.example",
                "OMNI_API_KEY": KEY,
                "SSL_CERT_FILE": str(tmp_path / "absent.pem"),
            }
        )


def test_models_follow_the_cursor() -> None:
    script = Script(page(["a", "b"], "c1"), page(["c"], None))
    assert [model.id for model in script.client().models(name="Shop")] == ["a", "b", "c"]
    assert [dict(request.url.params) for request in script.requests] == [
        {"pageSize": "100", "name": "Shop"},
        {"pageSize": "100", "name": "Shop", "cursor": "c1"},
    ]


def test_an_empty_name_is_no_filter() -> None:
    script = Script(page([], None))
    assert list(script.client().models(name="")) == []
    assert "name" not in script.requests[0].url.params


def test_a_repeated_cursor_ends_the_listing() -> None:
    script = Script(page(["a"], "c1"), page(["b"], "c2"), page(["c"], "c1"))
    with pytest.raises(BadResponse, match="same page cursor twice"):
        list(script.client().models())


def test_a_list_without_end_ends() -> None:
    count = iter(range(10_000))
    script = Script(lambda request: page(["a"], f"c{next(count)}"), endless=True)
    with pytest.raises(BadResponse, match="does not end"):
        list(script.client().models())


def test_topics_and_a_topic_whose_name_needs_escaping() -> None:
    listed = {"success": True, "topics": [{"name": "order_items", "base_view_name": "order_items"}]}
    field = {"field_name": "count", "data_type": "NUMBER", "is_dimension": False, "unknown": 1}
    detail = {"name": "a/b c", "views": [{"name": "order_items", "measures": [field]}], "relationships": []}
    script = Script(
        httpx2.Response(200, json=listed), httpx2.Response(200, json={"success": True, "topic": detail})
    )
    client = script.client()
    assert client.topics("m")[0].base_view_name == "order_items"
    assert client.topic("m", "a/b c").views[0].fields[0].data_type == "NUMBER"
    assert script.requests[1].url.raw_path == b"/api/v1/models/m/topic/a%2Fb%20c"


def test_another_shape_is_said() -> None:
    with pytest.raises(BadResponse, match="unexpected shape"):
        Script(httpx2.Response(200, json=[])).client().topics("m")


def echo(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(400, json={"detail": f"you sent {request.headers['Authorization']}"})


@pytest.mark.parametrize(
    "step",
    [
        echo,
        httpx2.Response(403, json={"error": {"code": 403, "message": f"Invalid bearer token {KEY}"}}),
        httpx2.ReadError("reset"),
        httpx2.ConnectError("refused"),
        httpx2.Response(200, content=b"garbage"),
    ],
    ids=["echo", "quoted", "lost", "refused", "garbage"],
)
def test_the_key_is_in_no_text_and_no_chain(step) -> None:
    client = Script(step, endless=True).client()
    with pytest.raises(ClientError) as caught:
        client.run({"modelId": "m", "fields": []})
    texts = ["".join(traceback.format_exception(caught.value)), repr(client), repr(client.__dict__)]
    error: BaseException | None = caught.value
    while error is not None:
        texts.append(repr(vars(error)))
        assert not isinstance(error, httpx2.HTTPError), "its request holds the key"
        error = error.__cause__ or error.__context__
    assert all(KEY not in text for text in texts)
