"""Random questions: every part of the query object, and SQL over the model."""

from __future__ import annotations

from random import Random
from typing import Any

from support.tenants.world import SUMS, TenantTopic, TenantWorld

_DIMENSIONS = ["tenant", "level", "word", "n", "note", "secret", "twice", "named", "initial",
               "badged", "id"]  # fmt: skip
_MEASURES = [
    "count", "total", "mean", "words", "tenants", "least", "most", "some", "each", "last_secret",
]  # fmt: skip
_GRAINS = ["date", "month", "year", "quarter", "day_of_week_name", "hour"]
_CALENDAR = {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026-02"}


def draw_question(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    """Draw a query object about a topic; the model is left out."""
    place = {"join_paths_from_topic_name": topic.name, "table": topic.base}
    if topic.name == SUMS:
        return {**place, **_about_sums(random)}
    kind = random.choice(
        ["plain"] * 6 + ["rows", "pivot", "totals", "totals", "calculated", "filtered", "compared", "values",
                         "values", "hidden", "guess", "measures as rows", "filled"] + ["detail"] * 3
    )  # fmt: skip
    return {**place, **_KINDS[kind](random, world, topic)}


def narrowed(random: Random, query: dict[str, Any]) -> dict[str, Any]:
    """Ask less: one dimension fewer, or one value of it alone, which kept results may answer."""
    dimensions = [sort["column_name"] for sort in query["sorts"] if sort["column_name"] in query["fields"]]
    if not dimensions or set(query) & {"pivots", "calculations", "fill_fields", "transposed_measures"}:
        return query
    last = dimensions[-1]
    if random.random() < 0.5 and len(query["fields"]) > 1 and not query.get("column_totals"):
        left = [sort for sort in query["sorts"] if sort["column_name"] != last]
        return {**query, "fields": [name for name in query["fields"] if name != last], "sorts": left}
    if last.endswith((".tenant", ".word", ".note", ".named")):
        some = {"type": "string", "kind": "EQUALS", "values": ["a", "b", ""], "is_negative": True}
        return {**query, "filters": {**query["filters"], last: some}}
    return query


def draw_sql(random: Random, world: TenantWorld) -> dict[str, Any]:
    """Draw SQL over the view that the first topic begins with, as a query object."""
    condition = random.choice(["1 = 1", "${t0.word} = 'a' OR 1 = 1", "${t0.n} > 0", "${t0.tenant} IS NULL"])
    text = random.choice(
        [
            f"SELECT ${{t0.note}}, ${{t0.tenant}} FROM ${{t0}} WHERE {condition} ORDER BY 1",
            f"SELECT COUNT(*), ${{t0.least}}, MAX(note) FROM ${{t0}} WHERE {condition}",
            f"SELECT ${{t0.word}}, ${{t0.total}}, COUNT(DISTINCT ${{t0.note}}) FROM ${{t0}} "
            f"WHERE {condition} GROUP BY 1 HAVING ${{t0.count}} > 0 ORDER BY 1",
            "WITH mine AS (SELECT ${t0.id}, ${t0.note} FROM ${t0}) "
            "SELECT id, note FROM mine WHERE id IN (SELECT ${t0.id} FROM ${t0} WHERE "
            f"{condition}) ORDER BY 1",
            "SELECT ${t0.note} FROM ${t0} UNION ALL SELECT ${t0.note} FROM ${t0} ORDER BY 1",
            "SELECT a.note, b.note AS other FROM ${t0} AS a JOIN ${t0} AS b ON a.id = b.id ORDER BY 1",
            "SELECT ${t0.secret}, ${t0.last_secret} FROM ${t0} ORDER BY 1",
            "SELECT (SELECT COUNT(*) FROM ${t0}) AS n, (SELECT MAX(${t0.note}) FROM ${t0}) AS m",
            f"SELECT ${{t0.{world.hidden_field}}} FROM ${{t0}}",
            "SELECT ${t0.level_sum}, ${t0.inner_mean} FROM ${t0} ORDER BY 1",
        ]
    )
    return {"fields": [], "userEditedSQL": text}


def _names(random: Random, topic: TenantTopic, words: list[str], most: int, least: int = 0) -> list[str]:
    known = [f"{view}.{word}" for view in topic.views for word in words]
    return random.sample(known, min(len(known), random.randint(least, most)))


def _dimensions(random: Random, topic: TenantTopic, most: int = 3, least: int = 0) -> list[str]:
    found = _names(random, topic, _DIMENSIONS, most, least)
    if random.random() < 0.3:
        found.append(f"{random.choice(topic.views)}.moment[{random.choice(_GRAINS)}]")
    return found


def _filter(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    view = random.choice(topic.views)
    tenants = [tenant for tenant in world.tenants if tenant is not None]
    text = {
        "type": "string",
        "kind": random.choice(["EQUALS", "CONTAINS", "STARTS_WITH", "SQL_LIKE"]),
        "values": random.choice([[""], ["a"], ["%"], [random.choice(tenants)], ["x", "1"], ["_"]]),
        "is_negative": random.random() < 0.6,
    }
    number = {
        "type": "number",
        "kind": random.choice(["EQUALS", "GREATER_THAN", "LESS_THAN"]),
        "values": [random.choice(["0", "1", "2"])],
        "is_negative": random.random() < 0.5,
    }
    null = {"type": "null", "is_negative": random.random() < 0.5}
    either: dict[str, Any] = {"type": "composite", "conjunction": "OR", "filters": [text, null]}
    word = random.choice(["tenant", "tenant", "word", "note", "secret", "n", "level", "count", "total"])
    if word in ("n", "level"):
        return {f"{view}.{word}": random.choice([number, null])}
    if word in ("count", "total"):
        return {f"{view}.{word}": number}
    return {f"{view}.{word}": random.choice([text, null, either])}


def _filters(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        found |= _filter(random, world, topic)
    return found


def _sorted_by_all(dimensions: list[str], first: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort by every dimension in the end, so that only equal rows may change places."""
    return [*first, *({"column_name": name} for name in dimensions)]


def _plain(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    dimensions = _dimensions(random, topic)
    measures = _names(random, topic, _MEASURES, 3, 0 if dimensions else 1)
    first: list[dict[str, Any]] = []
    if dimensions and random.random() < 0.3:
        by = random.choice(["count", "total", "least", "tenants"])
        first = [{"column_name": f"{topic.base}.{by}", "sort_descending": random.random() < 0.5}]
    body: dict[str, Any] = {
        "fields": [*dimensions, *measures],
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all(dimensions, first),
        "limit": random.choice([None, 1, 2, 5, 1000]),
    }
    if random.random() < 0.2:
        body["offset"] = random.choice([1, 2])
    return body


def _rows(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    dimensions = _dimensions(random, topic, 4, 1)
    return {
        "fields": dimensions,
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all(dimensions, []),
        "default_group_by": False,
        "limit": None,
    }


def _pivot(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    dimensions = _names(random, topic, ["word", "tenant", "level", "named"], 2, 2)
    return {
        "fields": [*dimensions, *_names(random, topic, _MEASURES, 2, 1)],
        "pivots": [dimensions[-1]],
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all(dimensions, []),
        "column_limit": random.choice([1, 2, 50]),
        **random.choice(
            [{}, {"row_totals": {"::total::": {"type": "aggregation"}}, "column_totals": _total("::total::")}]
        ),
    }


def _total(*keys: str) -> dict[str, Any]:
    return {key: {"type": "aggregation"} for key in keys}


def _totals(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    dimensions = _dimensions(random, topic, 3, 1)
    return {
        "fields": [*dimensions, *_names(random, topic, _MEASURES, 3, 1)],
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all(dimensions, []),
        "column_totals": _total(*random.choice([["::total::"], ["::total::", *dimensions[:-1]]])),
        "limit": random.choice([None, 1, 1000]),
    }


def _calculated(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    dimension = _names(random, topic, ["word", "tenant", "note", "secret"], 1, 1)[0]
    measure = f"{random.choice(topic.views)}.{random.choice(['count', 'total', 'least', 'last_secret'])}"
    formulas = ["=COUNTA(A:A)", "=A1", "=UPPER(A1)", "=LEN(B1)", "=B1", "=CONCATENATE(A1, B1)"]
    return {
        "fields": [dimension, measure, "calc"],
        "calculations": [{"calc_name": "calc", "original_formula": random.choice(formulas)}],
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all([dimension], []),
    }


def _filtered(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    """Filter by another query, which is about the same topic."""
    inner = {
        "table": topic.base,
        "join_paths_from_topic_name": topic.name,
        "fields": [f"{topic.base}.word", f"{topic.base}.count"],
        "sorts": [
            {"column_name": f"{topic.base}.count", "sort_descending": True},
            {"column_name": f"{topic.base}.word"},
        ],
        "limit": random.choice([1, 2, None]),
    }
    body = _plain(random, world, topic)
    about = {
        "type": "query", "field_name": f"{topic.base}.word", "query_id": "other",
        "is_negative": random.random() < 0.4,
    }  # fmt: skip
    return {
        **body,
        "filters": {**body["filters"], f"{topic.base}.word": about},
        "staticQueryReferences": {"other": inner},
    }


def _compared(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    date = f"{topic.base}.moment"
    dimensions = _names(random, topic, ["word", "tenant"], 1)
    return {
        "fields": [
            *dimensions,
            "omni_period_pivot",
            *_names(random, topic, ["count", "total", "least"], 2, 1),
        ],
        "pivots": ["omni_period_pivot"],
        "filters": {**_filters(random, world, topic), date: _CALENDAR},
        "sorts": _sorted_by_all(dimensions, []),
        "period_over_period_computations": [
            {"date_filter_field_name": date, "periods_ago": None},
            {"date_filter_field_name": date, "periods_ago": 1, "time_unit_name": "MONTH"},
        ],
    }


def _values(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    """The values that a filter offers: one field, what was typed so far, the first ones by name."""
    field = f"{random.choice(topic.views)}.{random.choice(['tenant', 'tenant', 'word', 'note', 'secret'])}"
    typed = random.choice([None, "a", "%", "'", "0", "f"])
    filters = {} if typed is None else {field: {"type": "string", "kind": "CONTAINS", "values": [typed]}}
    return {"fields": [field], "filters": filters, "sorts": [{"column_name": field}], "limit": 50}


def _hidden(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    """Ask for what a grant hides: select it, sort by it, filter by it."""
    field, measure = f"t0.{world.hidden_field}", f"t0.{world.hidden_measure}"
    body = _plain(random, world, topic)
    where = random.choice(["fields", "fields", "sorts", "filters", "having"])
    if where == "fields":
        body.pop("offset", None)  # who sees the field has rows that no sort tells apart: none is cut off
        return {**body, "fields": [*body["fields"], field, measure], "limit": None}
    if where == "sorts":
        return {**body, "sorts": [{"column_name": random.choice([field, measure])}, *body["sorts"]]}
    if where == "filters":
        said = {"type": "string", "kind": "EQUALS", "values": ["a#"]}
        return {**body, "filters": {**body["filters"], field: said}}
    number = {"type": "number", "kind": "GREATER_THAN", "values": ["1"]}
    return {**body, "filters": {**body["filters"], measure: number}}


def _guess(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    """Guess the value of a field that is masked for most."""
    secret = random.choice(world.tables["t0"].rows)["secret"]
    field, text = random.choice([("t0.secret", secret), ("t0.initial", f"{secret}!")])
    if topic.base != "t0":
        return _plain(random, world, topic)
    said = {"type": "string", "kind": random.choice(["EQUALS", "CONTAINS", "STARTS_WITH"]), "values": [text]}
    return {"fields": ["t0.note"], "filters": {field: said}, "sorts": _sorted_by_all(["t0.note"], [])}


def _as_rows(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    dimensions = _names(random, topic, ["word", "tenant", "note"], 1, 1)
    measures = [f"{topic.base}.count", f"{topic.base}.total"]
    return {
        "fields": [*dimensions, *measures],
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all(dimensions, []),
        "transposed_measures": measures,
    }


def _detail(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    """Levels of detail and the first values of a ranking: aggregates before the query's own."""
    if topic.base != "t0":
        return _plain(random, world, topic)
    fields = random.choice(
        [["t0.level_sum", "t0.count"], ["t0.leading", "t0.total"], ["t0.word", "t0.inner_mean"],
         ["t0.leading", "t0.least"], ["t0.inner_mean", "t0.count"]]
    )  # fmt: skip
    dimensions = [name for name in fields if name in ("t0.level_sum", "t0.leading", "t0.word")]
    return {
        "fields": fields,
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all(dimensions, []),
        "column_totals": random.choice([{}, _total("::total::")]) if dimensions else {},
    }


def _filled(random: Random, world: TenantWorld, topic: TenantTopic) -> dict[str, Any]:
    month = f"{topic.base}.moment[month]"
    fields = [month, *random.choice([[], [f"{topic.base}.word"]])]
    return {
        "fields": [*fields, f"{topic.base}.count", f"{topic.base}.most"],
        "filters": _filters(random, world, topic),
        "sorts": _sorted_by_all(fields, []),
        "fill_fields": fields,
    }


def _about_sums(random: Random) -> dict[str, Any]:
    dimensions = random.choice([[], ["sums.word"], ["sums.word", "sums.least"], ["sums.rows_behind"]])
    return {
        "fields": [
            *dimensions,
            *random.choice([["sums.grand"], ["sums.first"], ["sums.grand", "sums.first"]]),
        ],
        "sorts": _sorted_by_all(dimensions, []),
        "filters": {},
    }


_KINDS = {
    "plain": _plain,
    "rows": _rows,
    "pivot": _pivot,
    "totals": _totals,
    "calculated": _calculated,
    "filtered": _filtered,
    "compared": _compared,
    "values": _values,
    "hidden": _hidden,
    "guess": _guess,
    "measures as rows": _as_rows,
    "detail": _detail,
    "filled": _filled,
}
