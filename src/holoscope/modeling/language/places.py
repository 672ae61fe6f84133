"""Where the reader's tables of keys apply, and which page explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from holoscope.modeling.reader import keys
from holoscope.modeling.types import EMPTY

Step = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """A mapping of a model file. `trail` leads to it: names as they stand, `*` any name, 0 any item.

    `beside` are keys with which the mapping is read to its end, `around` those of what holds it. `page` and
    `heading` explain the keys; what they say nothing of is explained at the place `like`.
    """

    name: str
    file: str
    table: keys.Keys
    page: str
    heading: str
    trail: tuple[Step, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    around: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    like: str | None = None

    def document(self, key: str, value: object) -> Any:  # noqa: ANN401  (what a file holds)
        """Give a file in which the key has a value here."""
        node: Any = {**self.beside, key: value}
        if key in _ALONE:
            node = {key: value}
        node = {**_NEEDED.get((self.name, key), {}), **node} if isinstance(node, dict) else node
        around = dict(self.around)
        for step in reversed(self.trail):
            if step == 0:
                node = [node]
            else:
                node = {**around, _NAME if step == "*" else str(step): node}
                around = {}
        return node

    def path(self, key: str) -> str:
        """Give the way to the key in findings about that file."""
        steps = (_NAME if step == "*" else step for step in (*self.trail, key))
        return ".".join((FILES[self.file], *map(str, steps)))


_NAME = "thing"
FILES = {
    "model": "model",
    "relationships": "relationships",
    "view": "thing.view",
    "topic": "thing.topic",
    "composite_topic": "thing.composite_topic",
}
_GRANT = {"user_attribute": "a", "allowed_values": ["b"]}
_FILTER = {"field": "thing", "user_attribute": "a"}
_CALENDAR = {"view": "v", "date": "d", "mappings": {"year": "y"}}
_JOIN = {
    "join_from_view": "a",
    "join_to_view": "b",
    "on_sql": "${a.x} = ${b.x}",
    "relationship_type": "many_to_one",
}
_QUERY = {"base_view": "v", "fields": {}}
_FORMAT = {"depends_on": {"field": "thing"}, "conditions": []}
_GROUP = {"filter": {"is": "a"}, "name": "b"}
_ALONE = ("map_pattern",)
_NEEDED: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("dimension", "else"): {"groups": [_GROUP]},
}
_GROUPS = ("dimensions", "*", "groups", 0)
_FORMATS = ("dimensions", "*", "format")

PLACES: tuple[Place, ...] = (
    Place("model", "model", keys.MODEL, "model-file", "Model file"),
    Place(
        "access_grant",
        "model",
        keys.ACCESS_GRANT,
        "model-file",
        "Access grants",
        ("access_grants", "*"),
        _GRANT,
    ),
    Place(
        "access_filter",
        "topic",
        keys.ACCESS_FILTER,
        "model-file",
        "Access filters",
        ("access_filters", 0),
        _FILTER,
    ),
    Place(
        "cache_policy",
        "model",
        keys.CACHE_POLICY,
        "model-file",
        "Cache policies",
        ("cache_policies", "*"),
        {"max_cache_age": "1 hour"},
    ),
    Place("constant", "model", keys.CONSTANT, "model-file", "Constants", ("constants", "*")),
    Place(
        "dynamic_schema",
        "model",
        keys.DYNAMIC_SCHEMA,
        "model-file",
        "Dynamic schemas",
        ("dynamic_schemas", "*"),
        {"from_schema": "s", "user_attribute": "a"},
    ),
    Place(
        "extension_route",
        "model",
        keys.EXTENSION_ROUTE,
        "model-file",
        "Extension routes",
        ("dynamic_shared_extensions", 0),
        {"user_attribute": "a", "mappings": {}},
    ),
    Place(
        "extension_values",
        "model",
        keys.EXTENSION_VALUES,
        "model-file",
        "Extension routes",
        ("dynamic_shared_extensions", 0, "mappings", "*"),
    ),
    Place(
        "custom_calendar",
        "model",
        keys.CALENDAR,
        "model-file",
        "Custom calendars",
        ("custom_calendars", "*"),
        _CALENDAR,
    ),
    Place(
        "calendar_mappings",
        "model",
        keys.CALENDAR_MAPPINGS,
        "model-file",
        "Custom calendars",
        ("custom_calendars", "*", "mappings"),
        around={"view": "v", "date": "d"},
    ),
    Place("relationship", "relationships", keys.RELATIONSHIP, "relationships", "Relationships", (0,), _JOIN),
    Place("view", "view", keys.VIEW, "views", "Views"),
    Place("dimension", "view", keys.DIMENSION, "fields", "Dimensions", ("dimensions", "*")),
    Place("measure", "view", keys.MEASURE, "fields", "Measures", ("measures", "*"), like="dimension"),
    Place("filter", "view", keys.FILTER, "fields", "Filter-only fields", ("filters", "*"), like="dimension"),
    Place("group", "view", keys.GROUP, "fields", "Groups", _GROUPS, _GROUP),
    Place(
        "duration",
        "view",
        keys.DURATION,
        "fields",
        "Durations",
        ("dimensions", "*", "duration"),
        {"sql_start": "a", "sql_end": "b"},
    ),
    Place(
        "level_of_detail",
        "view",
        keys.LEVEL_OF_DETAIL,
        "fields",
        "Levels of detail",
        ("dimensions", "*", "level_of_detail"),
        {"aggregate_type": "min"},
    ),
    Place(
        "dynamic_top_n",
        "view",
        keys.DYNAMIC_TOP_N,
        "fields",
        "First values",
        ("dimensions", "*", "dynamic_top_n"),
        {"n": 1, "by": "thing"},
    ),
    Place("conditional_format", "view", keys.CONDITIONAL_FORMAT, "fields", "Formats", _FORMATS, _FORMAT),
    Place("depends_on", "view", keys.DEPENDS_ON, "fields", "Formats", (*_FORMATS, "depends_on")),
    Place(
        "format_condition",
        "view",
        keys.FORMAT_CONDITION,
        "fields",
        "Formats",
        (*_FORMATS, "conditions", 0),
        {"condition": {"is": "a"}, "value": "number_2"},
        {"depends_on": {"field": "thing"}},
    ),
    Place("query", "view", keys.QUERY, "views", "Query views", ("query",), _QUERY),
    Place(
        "query_calculation",
        "view",
        keys.QUERY_CALCULATION,
        "views",
        "Query views",
        ("query", "calculations", "*"),
        {"sql": "1"},
        {"sql": "1"},
    ),
    Place("query_sort", "view", keys.QUERY_SORT, "views", "Query views", ("query", "sorts", 0)),
    Place("rollup", "view", keys.ROLLUP, "views", "Rollup tables", ("materialized_query",), _QUERY),
    Place("topic", "topic", keys.TOPIC, "topics", "Topics"),
    Place("sample_query", "topic", keys.SAMPLE_QUERY, "topics", "Samples", ("sample_queries", "*")),
    Place(
        "composite_topic",
        "composite_topic",
        keys.COMPOSITE_TOPIC,
        "topics",
        "Composite topics",
        beside={"topics": ["a"]},
        like="topic",
    ),
    Place(
        "shared_dimension",
        "composite_topic",
        keys.SHARED_DIMENSION,
        "topics",
        "Composite topics",
        ("shared_dimensions", "*"),
    ),
    Place(
        "shared_field",
        "composite_topic",
        keys.SHARED_FIELD,
        "topics",
        "Composite topics",
        ("shared_dimensions", "*", "mappings", "*"),
    ),
    Place(
        "shared_measure",
        "composite_topic",
        keys.SHARED_MEASURE,
        "topics",
        "Composite topics",
        ("shared_measures", "*"),
    ),
)
