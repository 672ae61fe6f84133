"""Tables whose every row belongs to a tenant, a model with rules of access, and people with attributes.

Every row has texts of 128 random bits, so that a row, a masked value or a hidden name that reached the
wrong person can be found in any byte they got.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import yaml

ODD_TENANTS = [
    "north", "O'Brien", 'quo"te', "100%", "a_b", "\\", "", "falsey", "null", "Ωmega ☂", "x' OR '1'='1",
    "'; DROP TABLE t0; --", "{{omni_attributes.tenants}}", "${t0.tenant}", "today", "-north", "1 day ago",
]  # fmt: skip
ALL = "*all*"
_KINDS = ["many_to_one", "many_to_one", "one_to_many", "one_to_many", "one_to_one"]
_TIMES = ["2025-11-02 05:30:00", "2026-01-31 23:59:59", "2026-02-28 07:00:00", "2026-03-09 00:00:00"]
DESK, SIDE, SUMS = "desk", "side", "sums"


@dataclass(frozen=True)
class Rule:
    """A row rule as it stands in the model: rows of `view` whose `column` is among the attribute's values."""

    view: str
    column: str
    attribute: str
    unfiltered: tuple[str, ...] = ()
    wildcards: bool = False

    @property
    def text(self) -> dict[str, Any]:
        said: dict[str, Any] = {"field": f"{self.view}.{self.column}", "user_attribute": self.attribute}
        if self.unfiltered:
            said["values_for_unfiltered"] = list(self.unfiltered)
        if self.wildcards:
            said["enable_sql_like_wildcards"] = True
        return said


@dataclass
class Table:
    """Rows by column name; `parent` is the table it is joined to and `link` the pair of columns that meet.

    `repeats`: several of its rows may be joined to one row of the parent; `join` is the type of that join.
    """

    name: str
    rows: list[dict[str, Any]]
    parent: str | None = None
    repeats: bool = False
    link: tuple[str, str] = ("", "")
    join: str = ""
    columns: dict[str, str] = field(
        default_factory=lambda: {
            "id": "INTEGER", "tenant": "VARCHAR", "level": "INTEGER", "word": "VARCHAR", "n": "INTEGER",
            "d": "DECIMAL(8, 2)", "moment": "TIMESTAMP", "note": "VARCHAR", "secret": "VARCHAR",
        }
    )  # fmt: skip


@dataclass(frozen=True)
class TenantTopic:
    """A topic: where it begins, which views it joins, its rules, and whether a grant hides it.

    `over` is the topic that a view behind it asks, whose rules then hold too.
    """

    name: str
    base: str
    views: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    is_hidden: bool = False
    over: str | None = None


@dataclass(frozen=True)
class TenantWorld:
    """What a world is made of. `branch_files` are the files that its branch has in place of the model's."""

    tables: Mapping[str, Table]
    files: Mapping[str, str]
    topics: Mapping[str, TenantTopic]
    branch_files: Mapping[str, str]
    branch_topics: Mapping[str, TenantTopic]
    hidden_measure: str
    hidden_field: str
    hidden_names: tuple[str, ...]
    hidden_values: tuple[str, ...]
    tenants: tuple[str | None, ...]

    def topics_of(self, *, branch: bool) -> Mapping[str, TenantTopic]:
        return self.branch_topics if branch else self.topics


def marker(random: Random) -> str:
    """A text of 128 bits that stands nowhere else."""
    return f"{random.getrandbits(128):032x}"


def draw_world(random: Random) -> TenantWorld:
    """One to three tables in a tree; a topic over all of them, one over a joined table, one over sums."""
    tenants: list[str | None] = [*random.sample(ODD_TENANTS, 3), f"plain {marker(random)}", None]
    names = [f"t{number}" for number in range(random.randint(1, 3))]
    tables = {name: _table(random, name, tenants) for name in names}
    relations = [_relate(random, tables, names, place) for place in range(1, len(names))]
    hidden = [f"{kind}_{marker(random)}" for kind in ("pay", "cost", "open", "vault")]
    hidden_values = tuple(marker(random) for _ in range(3))
    default = random.random() < 0.4
    topics = {
        DESK: TenantTopic(DESK, "t0", tuple(names), _rules(random, names)),
        SUMS: TenantTopic(SUMS, "sums", ("sums",), (), over=DESK),
    }
    if len(names) > 1:
        topics[SIDE] = TenantTopic(SIDE, names[1], (names[1],), _rules(random, [names[1]]))
    if random.random() < 0.5:
        topics[hidden[2]] = TenantTopic(hidden[2], "t0", tuple(names), (), is_hidden=True)
    branch_topics = dict(topics)
    branch_topics[DESK] = TenantTopic(DESK, "t0", tuple(names), _rules(random, names))
    model: dict[str, Any] = {
        "access_grants": {"insider": {"user_attribute": "badge", "allowed_values": ["gold", "o'ro"]}}
    }
    if default:
        model["default_topic_access_filters"] = [rule.text for rule in topics[DESK].rules]
    files = {"model": _yaml(model), "relationships": _yaml(relations)}
    joins = _joins(tables, "t0")
    for topic in topics.values():
        is_default = default and topic.name == DESK
        files[f"{topic.name}.topic"] = _topic(topic, joins, hidden, hidden_values, is_default=is_default)
    branch_files = {
        f"{DESK}.topic": _topic(branch_topics[DESK], joins, hidden, hidden_values, is_default=False)
    }
    for name in names:
        others = [other for other in names if other != name]
        files[f"{name}.view"] = _view(random, tables[name], others, hidden, hidden_values)
    fields = {"t0.word": "word", "t0.total": "total", "t0.least": "least", "t0.count": "rows_behind"}
    sums: dict[str, Any] = {
        "query": {"fields": fields, "base_view": "t0", "topic": DESK},
        "measures": {
            "grand": {"sql": "${total}", "aggregate_type": "sum"},
            "first": {"sql": "${least}", "aggregate_type": "min"},
        },
    }
    files["sums.query.view"] = _yaml(sums)
    vault: dict[str, Any] = {
        "schema": "main",
        "table_name": "t0",
        "required_access_grants": ["insider"],
        "dimensions": {"note": {}},
        "measures": {"count": {"aggregate_type": "count"}},
    }
    files[f"{hidden[3]}.view"] = f"# Reference this view as {hidden[3]}\n{_yaml(vault)}"
    return TenantWorld(
        tables, files, topics, branch_files, branch_topics, hidden[1], hidden[0], tuple(hidden),
        hidden_values, tuple(tenants),
    )  # fmt: skip


def draw_attributes(random: Random, tenants: tuple[str | None, ...]) -> dict[str, list[str]]:
    """Values of somebody's attributes; an empty list is one that is unset."""
    known = [tenant for tenant in tenants if tenant is not None]
    odd = ["%", "_%", "NORTH", "' OR ''='", "no such tenant", "NULL"]
    some = random.choice(
        [[random.choice(known)], random.sample(known, 2), random.sample(known, 3), random.sample(known, 3),
         [random.choice(known), random.choice(odd)], [ALL]]
    )  # fmt: skip
    scarce = [[], [random.choice(odd)], [random.choice(known)]]
    patterns = [["%"], ["n%"], ["%a%", "O_Brien"], ["plain%", "a%"], ["\\"], ["100%"], ["%", ""]]
    return {
        "tenants": random.choice(scarce) if random.random() < 0.25 else some,
        "levels": random.choice([[], ["1"], ["1", "2"], ["2.0", "1"], ["1", "2", "3"], ["1", "3"], ["7"]]),
        "pattern": [] if random.random() < 0.1 else random.choice(patterns),
        "badge": random.choice([[], [], ["gold"], ["o'ro"], ["silver"]]),
    }


def sql_of(tables: Mapping[str, Table]) -> str:
    """The statements that make tables with their rows."""
    return "\n".join(map(_ddl, tables.values()))


def _table(random: Random, name: str, tenants: list[str | None]) -> Table:
    rows = [
        {
            "id": place,
            "tenant": random.choice(tenants),
            "level": random.choice([None, 1, 1, 2, 3]),
            "word": random.choice([None, "a", "a", "a", "b", "b", "o'x", "%"]),
            "n": random.choice([None, 0, 1, 2, 7, 11, -3]),
            "d": random.choice([None, "0.00", "1.10", "2.25", "-5.05"]),
            "moment": random.choice([None, *_TIMES]),
            "note": marker(random),
            "secret": marker(random),
        }
        for place in range(random.randint(6, 12))
    ]
    return Table(name, rows)


def _relate(random: Random, tables: dict[str, Table], names: list[str], place: int) -> dict[str, Any]:
    child, parent = tables[names[place]], tables[names[random.randrange(place)]]
    kind = random.choice(_KINDS)
    left, right = {
        "many_to_one": (f"{child.name}_id", "id"),
        "one_to_many": ("id", f"{parent.name}_id"),
        "one_to_one": ("id", "id"),
    }[kind]
    for table, column, other in ((parent, left, child), (child, right, parent)):
        if column not in table.columns:
            table.columns[column] = "INTEGER"
            for row in table.rows:
                row[column] = random.choice([None, 99, *(one["id"] for one in other.rows)])
    child.parent, child.link, child.repeats = parent.name, (left, right), kind == "one_to_many"
    child.join = random.choice(["always_left"] * 4 + ["inner", "full_outer", "right_left"])
    return {
        "join_from_view": parent.name,
        "join_to_view": child.name,
        "join_type": child.join,
        "on_sql": f"${{{parent.name}.{left}}} = ${{{child.name}.{right}}}",
        "relationship_type": kind,
    }


def _rules(random: Random, views: list[str]) -> tuple[Rule, ...]:
    def rule() -> Rule:
        view = random.choice([views[0], *views])
        unfiltered = random.choice([(), (ALL,), (ALL, "7")])
        return random.choice(
            [
                Rule(view, "tenant", "tenants", unfiltered),
                Rule(view, "tenant", "tenants", unfiltered),
                Rule(view, "level", "levels", random.choice([(), ("7",)])),
                Rule(view, "tenant", "pattern", (), wildcards=True),
            ]
        )

    return tuple(rule() for _ in range(random.choice([1, 1, 2])))


def _joins(tables: Mapping[str, Table], base: str) -> dict[str, Any]:
    return {table.name: _joins(tables, table.name) for table in tables.values() if table.parent == base}


def _topic(
    topic: TenantTopic, joins: dict[str, Any], hidden: list[str], values: tuple[str, ...], *, is_default: bool
) -> str:
    said: dict[str, Any] = {"base_view": topic.base, "joins": joins if topic.base == "t0" else {}}
    if not is_default:
        said["access_filters"] = [rule.text for rule in topic.rules]
    if topic.is_hidden:
        said["required_access_grants"] = ["insider"]
    if topic.name == DESK:
        # What the model's author wrote here names things that not everybody may know of.
        said["default_filters"] = {f"t0.{hidden[0]}": {"not": [values[0]]}}
        said["always_where_filters"] = {f"t0.{hidden[0]}": {"not": [values[0]]}}
        said["sample_queries"] = {
            "All pay": {"query": {"base_view": "t0", "topic": DESK, "fields": [f"t0.{hidden[0]}"]}}
        }
    return _yaml(said)


def _view(random: Random, table: Table, others: list[str], hidden: list[str], values: tuple[str, ...]) -> str:
    offered = [{"value": values[1], "label": "first"}]
    dimensions: dict[str, Any] = {name: {} for name in table.columns}
    dimensions["id"] = {"primary_key": True}
    dimensions["secret"] = {
        "mask_unless_access_grants": ["insider"],
        "all_values": [values[2], *(row["secret"] for row in table.rows)],
        "suggestion_list": offered,
    }
    dimensions["twice"] = {"sql": "${n} * 2"}
    dimensions["named"] = {"sql": "COALESCE(${word}, 'none')", "drill_fields": [f"{table.name}.{hidden[0]}"]}
    dimensions[hidden[0]] = {"sql": "COALESCE(${word}, '') || '#'", "required_access_grants": ["insider"]}
    dimensions["badged"] = {"sql": "COALESCE(${word}, '') || {{ omni_attributes.badge }}"}
    dimensions["initial"] = {"sql": "${secret} || '!'"}
    detail = {"level_of_detail": {"aggregate_type": "sum", "fixed": [f"{table.name}.word"]}}
    if table.name == "t0":
        dimensions["level_sum"] = {"sql": "${n}", **detail}
        dimensions["leading"] = {
            "sql": "${word}",
            "dynamic_top_n": {"n": 2, "by": "t0.count", "else": "rest"},
        }
    if others:
        dimensions["there"] = {"sql": f"${{{random.choice(others)}.word}}"}
    measures = {
        "count": {"aggregate_type": "count"},
        "total": {"sql": "${n}", "aggregate_type": "sum"},
        "mean": {"sql": "${d}", "aggregate_type": "average"},
        "words": {"sql": "${word}", "aggregate_type": "count_distinct"},
        "tenants": {"sql": "${tenant}", "aggregate_type": "count_distinct"},
        "least": {"sql": "${note}", "aggregate_type": "min"},
        "most": {"sql": "${note}", "aggregate_type": "max"},
        "some": {"sql": "${n}", "aggregate_type": "sum", "filters": {"word": {"is": "a"}}},
        "each": {"sql": "${total} / NULLIF(${count}, 0)"},
        "last_secret": {"sql": "${secret}", "aggregate_type": "max"},
        hidden[1]: {"sql": "${n}", "aggregate_type": "sum", "required_access_grants": ["insider"]},
    }
    if table.name == "t0":
        measures["inner_mean"] = {"sql": "${n}", "aggregate_type": "average", **detail}
    view = {"schema": "main", "dimensions": dimensions, "measures": measures}
    return f"# Reference this view as {table.name}\n{_yaml(view)}"


def _yaml(said: object) -> str:
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True)


def _ddl(table: Table) -> str:
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
    made = f"CREATE TABLE {table.name} ({columns});"
    if not table.rows:
        return made
    rows = ", ".join(
        "(" + ", ".join(_literal(row[name]) for name in table.columns) + ")" for row in table.rows
    )
    return f"{made}\nINSERT INTO {table.name} VALUES {rows};"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)
