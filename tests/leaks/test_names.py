"""What a grant hides is as unknown as what never was: the same bytes come back, the name itself apart.

Asked by a Querier without the grant, who may read errors and SQL, so that every word of them counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from support.house import House, build_house

FILES = {
    "model": "access_grants:\n  insider: { user_attribute: omni_user_groups, allowed_values: [ nobody ] }\n",
    "relationships": """
- join_from_view: orders
  join_to_view: people
  on_sql: ${orders.person_id} = ${people.id}
  relationship_type: many_to_one
- join_from_view: orders
  join_to_view: vault
  on_sql: ${orders.id} = ${vault.id}
  relationship_type: one_to_one
- join_from_view: people
  join_to_view: regions
  on_sql: ${people.region_id} = ${regions.id}
  relationship_type: many_to_one
""",
    "orders.view": """
# Reference this view as orders
schema: main
dimensions:
  id: { primary_key: true }
  person_id: {}
  state: {}
  placed_at: {}
  amount: {}
  band: { sql: "${state} || '!'", required_access_grants: [ insider ], aliases: [ old_band ] }
  region: { sql: '${regions.code}', required_access_grants: [ insider ] }
  open_region: { sql: '${regions.code}' }
  seen_at: { sql: '${placed_at}', required_access_grants: [ insider ] }
measures:
  count: { aggregate_type: count }
  total: { sql: '${amount}', aggregate_type: sum }
  margin: { sql: '${amount} * 2', aggregate_type: sum, required_access_grants: [ insider ] }
filters:
  picked: { type: string, required_access_grants: [ insider ] }
""",
    "people.view": """
# Reference this view as people
schema: main
dimensions: { id: { primary_key: true }, region_id: {}, name: {} }
measures: { count: { aggregate_type: count } }
""",
    "regions.view": """
# Reference this view as regions
schema: main
dimensions: { id: { primary_key: true }, code: {} }
""",
    "vault.view": """
# Reference this view as vault
schema: main
table_name: regions
required_access_grants: [ insider ]
aliases: [ crypt ]
dimensions: { id: { primary_key: true }, code: {} }
measures: { count: { aggregate_type: count } }
""",
    "orders.topic": "base_view: orders\nlabel: Our Orders\njoins: { people: {}, vault: {} }\n",
    "board.topic": "base_view: orders\njoins: {}\nrequired_access_grants: [ insider ]\n",
    "both.composite_topic": """
topics: [ orders, few ]
shared_dimensions:
  state: { mappings: { orders: orders.state, few: orders.state } }
""",
    "zirkel.composite_topic": """
required_access_grants: [ insider ]
topics: [ orders, few ]
shared_dimensions:
  state: { mappings: { orders: orders.state, few: orders.state } }
""",
    "few.topic": "base_view: orders\njoins: {}\n",
}
# Each hidden name beside one that never was; both are about as far from every other name.
FIELDS = [
    ("orders.band", "orders.bnad"),
    ("orders.old_band", "orders.old_bnad"),
    ("orders.region", "orders.reigon"),
    ("orders.seen_at", "orders.seen_ta"),
    ("orders.margin", "orders.mragin"),
    ("orders.picked", "orders.pickde"),
    ("vault.code", "vualt.code"),
    ("vault.count", "vualt.count"),
    ("crypt.code", "cyrpt.code"),
]
NAMES = [*FIELDS, ("vault", "vualt"), ("crypt", "cyrpt"), ("board", "baord"), ("zirkel", "zrikel")]
_MONTH = {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026-02"}
_TEXT = {"type": "string", "kind": "EQUALS", "values": ["a"]}
_PLAIN: dict[str, Any] = {"table": "orders", "fields": ["orders.state", "orders.count"]}
_IN_TOPIC = {**_PLAIN, "join_paths_from_topic_name": "orders"}


def _bodies(x: str) -> dict[str, dict[str, Any]]:
    """Every place of a query object where a name can stand."""
    inner = {"table": "orders", "fields": ["orders.state"]}
    calculation = {"calc_name": "calc", "original_formula": "=A1"}
    found: dict[str, dict[str, Any]] = {
        "selected": {"fields": ["orders.state", x]},
        "selected alone": {"fields": [x]},
        "at a grain": {"fields": ["orders.state", f"{x}[month]"]},
        "the first of it": {"fields": ["orders.state", f"{x}[3]"]},
        "sorted by": {"sorts": [{"column_name": x}]},
        "filtered": {"filters": {x: _TEXT}},
        "filtered if it can be joined": {"filters": {x: {**_TEXT, "ignore_if_unjoinable": True}}},
        "filtered by nothing": {"filters": {x: {"type": "string", "kind": "EQUALS", "values": []}}},
        "filtered by a time": {"filters": {x: _MONTH}},
        "filled": {"fields": ["orders.state", x], "fill_fields": [x]},
        "pivoted": {"fields": ["orders.state", x, "orders.count"], "pivots": [x]},
        "pivoted alone": {"pivots": [x]},
        "totalled": {"fields": [x, "orders.state", "orders.count"], "column_totals": {x: {}}},
        "totalled alone": {"column_totals": {x: {"type": "aggregation"}}},
        "summarised": {"column_totals": {"::total::": {}}, "custom_summary_types": {x: "SUM"}},
        "transposed": {"fields": ["orders.state", x], "transposed_measures": [x]},
        "labelled": {"metadata": {x: {"label": "L"}}},
        "joined by way of": {"join_via_map": {"people": [x.partition(".")[0]]}},
        "joined": {"join_via_map": {x.partition(".")[0]: ["people"]}},
        "calculated": {
            "fields": ["orders.state", "calc"],
            "calculations": [{"calc_name": "calc", "formula": {"type": "field", "field_name": x}}],
        },
        "calculated beside": {"fields": [x, "orders.count", "calc"], "calculations": [calculation]},
        "looked up": {
            "fields": ["orders.state", "calc"],
            "calculations": [{"calc_name": "calc", "original_formula": f"=${{{x}}}"}],
        },
        "compared": {
            "fields": ["orders.count", "omni_period_pivot"],
            "pivots": ["omni_period_pivot"],
            "filters": {x: _MONTH},
            "period_over_period_computations": [
                {"date_filter_field_name": x, "periods_ago": None},
                {"date_filter_field_name": x, "periods_ago": 1, "time_unit_name": "MONTH"},
            ],
        },
        "filtered by a query": {
            "filters": {"orders.state": {"type": "query", "field_name": x, "query_id": "q"}},
            "staticQueryReferences": {"q": {**inner, "fields": [x]}},
        },
        "in a query that filters": {
            "filters": {"orders.state": {"type": "query", "field_name": "orders.state", "query_id": "q"}},
            "staticQueryReferences": {"q": {**inner, "filters": {x: _TEXT}}},
        },
        "a query of it": {
            "filters": {"orders.state": {"type": "query", "field_name": "orders.state", "query_id": "q"}},
            "staticQueryReferences": {"q": {"table": x, "fields": ["orders.state"]}},
        },
        "controlled": {
            "controls": [{"type": "FIELD_SELECTION", "field": "orders.state", "options": [{"value": x}]}]
        },
        "asked of": {"table": x},
        "asked of alone": {"table": x, "fields": ["orders.state"]},
        "a topic": {"join_paths_from_topic_name": x},
        "of a composite topic": {
            "join_paths_from_topic_name": "both",
            "fields": ["shared_dimensions.state", f"@orders.{x}"],
        },
        "a member of a composite topic": {
            "join_paths_from_topic_name": "both",
            "fields": ["shared_dimensions.state", f"@{x}.orders.count"],
        },
    }
    section = f"{{{{# {x}.filter }}}} 1 {{{{/ {x}.filter }}}}"
    sql = {
        "selected": f"SELECT ${{{x}}} FROM ${{orders}}",
        "from": f"SELECT 1 FROM ${{{x}}}",
        "a field from": f"SELECT ${{orders.state}} FROM ${{{x}}}",
        "joined": f"SELECT ${{orders.state}} FROM ${{orders}} JOIN ${{{x}}} ON TRUE",
        "in where": f"SELECT ${{orders.state}} FROM ${{orders}} WHERE ${{{x}}} = 1",
        "plain": f"SELECT {x} FROM ${{orders}}",
        "plain, bare": f"SELECT {x.rpartition('.')[2]} FROM ${{orders}}",
        "inside": f"SELECT ${{orders.state}} FROM ${{orders}} WHERE 1 IN (SELECT 1 FROM ${{{x}}})",
        "beside hands": f"SELECT a.state, ${{{x}}} FROM ${{orders}} a JOIN ${{people}} b ON a.id = b.id",
        "unreadable": f"SELECT (( ${{{x}}} FROM ${{orders}}",
        "templated": f"SELECT ${{orders.id}} FROM ${{orders}} WHERE {section}",
        "asked of": f"SELECT ${{orders.state}} FROM ${{orders}} WHERE '{{{{{x}.in_query}}}}' = 'x'",
        "verbatim template": f"SELECT 1 WHERE '{{{{{x}.in_query}}}}' = 'x' -- DO NOT PARSE",
    }
    found |= {f"sql {name}": {"fields": [], "userEditedSQL": text} for name, text in sql.items()}
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    built = build_house(folder, files=FILES)
    yield built
    built.close()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with house.client(house.member_key) as opened:
        yield opened


def said(client: TestClient, house: House, body: dict[str, Any], name: str = "", **envelope: Any) -> str:
    """Give an answer as text, without what differs between any two answers, and without the name."""
    asked = {"query": {"modelId": house.model_id, **body}, "cache": "SkipCache", **envelope}
    response = client.post("/api/v1/query/run", json=asked)
    assert response.status_code < 500, response.text
    text = f"{response.status_code} {response.text}"
    if not name:
        return text
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,27}", "ID", text)
    text = re.sub(
        r" Did you mean [^?]*\?| \(did you mean [^?]*\?\)", "", text
    )  # nearness is that of spelling
    text = re.sub(r'"(created_at|data_fresh_at)":"[^"]*"', "", text)
    text = re.sub(
        r'"(plan_job_execution|stream_open|queue_ms|queue_depth|semantic_plan|server_stream)":\d+', "", text
    )
    for written in dict.fromkeys((name, *name.split("."))):
        if written not in ("orders", "code", "count"):
            text = text.replace(written, "?").replace(written.title().replace("_", " "), "?")
    return text


@pytest.mark.parametrize("place", _bodies(""))
@pytest.mark.parametrize("base", [_PLAIN, _IN_TOPIC], ids=["bare", "topic"])
def test_a_hidden_name_is_answered_like_an_unknown_one(
    house: House, client: TestClient, place: str, base: dict[str, Any]
) -> None:
    for hidden, unknown in NAMES:
        answers = [said(client, house, {**base, **_bodies(name)[place]}, name) for name in (hidden, unknown)]
        assert answers[0] == answers[1], (hidden, json.dumps(_bodies(hidden)[place]))


@pytest.mark.parametrize("hidden", [name for name, _ in NAMES])
def test_no_answer_to_a_misspelling_offers_a_hidden_name(
    house: House, client: TestClient, hidden: str
) -> None:
    view, dot, field = hidden.partition(".")
    misspelt = f"{hidden}x" if view == "orders" else f"{view}x{dot}{field}"
    for place, body in _bodies(misspelt).items():
        text = said(client, house, {**_IN_TOPIC, **body}).replace(misspelt, "")
        for word in ("band", "margin", "seen_at", "picked", "vault", "crypt", "board", "zirkel"):
            assert not re.search(rf"\b(orders\.)?{word}\b", text), (place, text)


def test_what_is_hidden_keeps_no_name_from_what_is_seen(tmp_path: Path) -> None:
    """A topic may be called by its label, whatever hidden thing bears that name."""
    files = {
        **FILES,
        "few.topic": "base_view: orders\nlabel: board\njoins: {}\n",
        "some.topic": "base_view: people\nlabel: vault\njoins: {}\n",
    }
    house = build_house(tmp_path, files=files)
    with house.client(house.member_key) as client:
        asked = {"join_paths_from_topic_name": "board", "fields": ["orders.count"]}
        assert '"status":"COMPLETE"' in said(client, house, asked)
        assert '"status":"COMPLETE"' in said(client, house, {"table": "vault", "fields": ["people.count"]})
    house.close()
