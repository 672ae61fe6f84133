"""Large random models: hundreds of views, with every parameter that the language documents.

They stand for real ones: names, sizes and combinations differ with the seed, the keys do not. What a
model says need not make sense as a whole; each key holds a value of its own kind.
"""

from __future__ import annotations

import random
from typing import Any

from holoscope.modeling.edits import node_of
from holoscope.modeling.writer import write_tree

_WORDS = "trip rider station pass invoice region fare plan dock bike zone shift crew ticket route".split()  # noqa: SIM905


def large_model(seed: int, views: int = 200) -> dict[str, str]:
    """Return the files of a model of `views` views; equal seeds, equal models."""
    return _Maker(random.Random(seed), views).files()


class _Maker:
    def __init__(self, chance: random.Random, views: int) -> None:
        self.chance = chance
        self.names = [f"{chance.choice(_WORDS)}_{number}" for number in range(views)]

    def files(self) -> dict[str, str]:
        files: dict[str, Any] = {"model": self.model(), "relationships": self.relationships()}
        for number, name in enumerate(self.names):
            files[f"PUBLIC/{name}.view"] = self.view(number)
        files["recent.query.view"] = self.query_view()
        for number in range(0, len(self.names), 8):
            files[f"{self.names[number]}_topic.topic"] = self.topic(number)
        files["all.composite_topic"] = self.composite()
        return {file: write_tree(file, node_of(value)) for file, value in files.items()}

    def some(self, **entries: Any) -> dict[str, Any]:
        """Return about half of the entries; the first view of a model has them all."""
        return {key: value for key, value in entries.items() if self.chance.random() < 0.5}

    def model(self) -> dict[str, Any]:
        return {
            "label": "Bikes",
            "description": "All of it",
            "ai_context": "Ask about rides.",
            "access_grants": {
                "team": {"user_attribute": "team", "allowed_values": ["a", "b"], "access_boostable": True}
            },
            "default_topic_required_access_grants": ["team"],
            "default_topic_access_filters": [],
            "ai_chat_topics": ["all_topics", "-tag:x"],
            "ai_settings": {"query_all_views_and_fields": "enabled", "conversation_prune_length": "short"},
            "auto_run": True,
            "cache_policies": {
                "hourly": {"max_cache_age": "1 hour", "filter_suggestions_must_obey_policy": True}
            },
            "default_cache_policy": "hourly",
            "constants": {"ops": {"value": "ops_prod"}},
            "custom_formats": {"money": "usdcurrency_2"},
            "custom_calendars": {"retail": {"view": self.names[0], "date": "d0", "mappings": {"year": "d1"}}},
            "default_numeric_locale": "en_US",
            "default_row_limit": 500,
            "default_timeframes": ["raw", "date", "month"],
            "week_start_day": "Sunday",
            "fiscal_month_offset": 9,
            "dynamic_schemas": {"per_user": {"from_schema": "PUBLIC", "user_attribute": "schema"}},
            "dynamic_shared_extensions": [{"map_pattern": "ext_{{omni_attributes.lang}}"}],
            "facet_workbook_filters": True,
            "included_schemas": ["*"],
            "included_views": ["*"],
            "sample_queries": {"First": {"query": {"base_view": self.names[0], "fields": []}}},
            "sql_preamble": "SELECT 1",
            "slot_reservation": {"name": "x"},
            "warehouse_override": {"warehouse": {"name": "small"}},
        }

    def relationships(self) -> list[dict[str, Any]]:
        return [self.relationship(number, number + 1) for number in range(len(self.names) - 1)]

    def relationship(self, left: int, right: int) -> dict[str, Any]:
        one, other = self.names[left], self.names[right]
        return {
            "join_from_view": one,
            "join_to_view": other,
            "on_sql": f"${{{one}.d0}} = ${{{other}.d0}}",
            "relationship_type": self.chance.choice(["many_to_one", "assumed_many_to_one", "one_to_one"]),
            **self.some(
                join_from_view_as_label="From",
                join_to_view_as_label="To",
                join_type=self.chance.choice(["always_left", "inner", "full_outer", "left_right"]),
                reversible=True,
                where_sql=f"${{{other}.d0}} IS NOT NULL",
                id=f"j{left}",
            ),
        }

    def view(self, number: int) -> dict[str, Any]:
        name = self.names[number]
        keys = self.some(
            catalog="main",
            label=name.title(),
            description="Two\nlines",
            schema_label="Public",
            folder="PUBLIC/ops",
            display_order=number,
            tags=["core", "pii"],
            aliases=[f"old_{name}"],
            default_drill_fields=["d0"],
            default_drill_query={"fields": [f"{name}.d0"], "base_view": name},
            required_access_grants=["team"],
            ai_context="About {{omni_attributes.team}}",
            dbt={"name": name, "config": {"materialized": "table"}},
            extends=[self.names[number - 1]] if number % 50 == 1 else [],
        )
        if number % 20 == 3:
            keys |= {"sql": f"SELECT d0, d1 FROM ${{{self.names[0]}}} AS {self.names[0]}"}
        elif number % 20 == 5:
            keys |= {
                "materialized_query": {"base_view": self.names[0], "fields": {f"{self.names[0]}.m0": "M0"}}
            }
        dimensions: dict[str, Any] = {"d0": {"primary_key": True, "hidden": True}}
        dimensions |= {f"d{item}": self.dimension(name, item) for item in range(1, 12)}
        return {
            "schema": "PUBLIC",
            "table_name": name.upper(),
            **keys,
            "dimensions": dimensions,
            "measures": {f"m{item}": self.measure(name, item) for item in range(8)},
            "filters": {
                "f0": {"type": "string", **self.some(suggestion_list=[{"value": "x"}], label="Pick")}
            },
        }

    def field(self, name: str) -> dict[str, Any]:
        return self.some(
            label="A label",
            description="Said: with # care",
            group_label="Group",
            view_label="Elsewhere",
            display_order=3,
            hidden=False,
            ignored=False,
            ignore_from_extended=True,
            aliases=["older"] if self.chance.random() < 0.1 else [],
            tags=["pii"],
            synonyms=["thing"],
            ai_context="Plain",
            all_values=["a", "b"],
            sample_values=["a"],
            format=self.chance.choice(["usdcurrency_2", "number_0", "percent_1"]),
            markdown="**{{result}}**",
            links=[{"url": f"https://x.test/${{{name}.d0}}", "label": "Open", "icon_url": "i"}],
            drill_fields=[f"{name}.d0", "tag:core"],
            suggest_from_field=f"{name}.d0",
            required_access_grants=["team"],
            mask_unless_access_grants=["team"],
        )

    def dimension(self, name: str, number: int) -> dict[str, Any]:
        keys = self.field(name)
        keys |= self.some(
            convert_tz=False,
            week_start_day="Monday",
            timeframes=["date", "Month"],
            timeframe_metadata={"month": {"label": "M"}},
            skip_parent_label=True,
            filter_single_select_only=True,
            order_by_field="d0",
            colors={"conditions": [{"condition": {"is": "a"}, "color": "#ff0000"}], "else": "blue"},
        )
        if number == 1:
            keys |= {
                "sql": "${d0}",
                "groups": [{"filter": {"is": ["a", "b"]}, "name": "AB"}],
                "else": "Other",
            }
        elif number == 2:
            keys |= {"sql": "${d0}", "bin_boundaries": [18, 30.5], "bin_labels": ["a", "b", "c"]}
        elif number == 3:
            keys |= {"duration": {"sql_start": "${d0}", "sql_end": "${d4}", "intervals": ["days"]}}
        elif number == 4:
            keys |= {"type": "timestamp", "custom_calendar": "retail"}
        elif number == 5:
            keys |= {
                "dynamic_top_n": {"n": 5, "by": f"{name}.m0", "desc": True, "else": "Other"},
                "sql": "${d0}",
            }
        elif number == 6:
            keys |= {"level_of_detail": {"fixed": [f"{name}.d0"], "aggregate_type": "min"}, "sql": "${d4}"}
        elif number == 7:
            keys |= {"parent_field": "d0", "nested_on_field": "d0"}
        elif number == 8:
            keys |= {"extends": [f"{name}.d0"], "custom_primary_key_sql_for_quick_aggs": "${d0}"}
        return keys

    def measure(self, name: str, number: int) -> dict[str, Any]:
        keys = self.field(name) | self.some(
            drill_queries={"All": {"fields": [f"{name}.d0"], "base_view": name}},
            colors={"series": "#ff0000"},
        )
        if number == 0:
            return {**keys, "aggregate_type": "count", "filters": {"d9": {"not": ["x", None]}}}
        if number == 1:
            return {**keys, "sql": "${m0} / NULLIF(${m2}, 0)"}
        if number == 2:
            return {**keys, "sql": "${d9}", "aggregate_type": "percentile", "percentile": 95}
        if number == 3:
            key = {"custom_primary_key_sql": "${d0}"}
            return {**keys, "sql": "${d9}", "aggregate_type": "sum_distinct_on", **key}
        if number == 4:
            inner = {"always_include": [f"{name}.d0"], "aggregate_type": "sum"}
            return {**keys, "sql": "${d9}", "aggregate_type": "average", "level_of_detail": inner}
        words = ["sum", "average", "min", "max", "median", "count_distinct", "list"]
        return {**keys, "sql": "${d9}", "aggregate_type": self.chance.choice(words)}

    def topic(self, number: int) -> dict[str, Any]:
        name = self.names[number]
        after = self.names[number + 1] if number + 1 < len(self.names) else None
        return {
            "base_view": name,
            **self.some(
                base_view_label="Base",
                label="Topic",
                description="Longer",
                group_label="Ops",
                display_order=1,
                hidden=True,
                tags=["x"],
                owners=["ada@example.test"],
                ai_fields=["all_views.*"],
                auto_run=False,
                default_row_limit=10,
                warehouse_override={"warehouse": {"name": "big"}},
                week_start_day="Monday",
                cache_policy="hourly",
                required_access_grants=[],
                ai_context="Say {{omni_attributes.team}}",
                always_where_sql=f"${{{name}.d9}} > 0",
                always_having_sql=f"${{{name}.m0}} > 0",
                always_having_filters={f"{name}.m0": {"greater_than": 1}},
                always_where_filters={f"{name}.d9": {"is": 1}},
                default_filters={f"{name}.d4": {"time_for_duration": ["7 days ago", "7 days"]}},
                access_filters=[
                    {
                        "field": f"{name}.d9",
                        "user_attribute": "team",
                        "values_for_unfiltered": ["ALL"],
                        "enable_sql_like_wildcards": True,
                    }
                ],
                fields=["all_views.*", f"-{name}.d2"],
                views={name: {"dimensions": {"d10": {"label": "Here"}}, "label": "Inside"}},
                sample_queries={
                    "One": {
                        "prompt": "How many?",
                        "description": "d",
                        "ai_context": "c",
                        "hidden": False,
                        "exclude_from_ai_context": True,
                        "query": {
                            "base_view": name,
                            "fields": [f"{name}.m0"],
                            "sorts": [{"field": f"{name}.m0", "desc": True}],
                            "limit": 10,
                        },
                    }
                },
            ),
            **(
                {"joins": {after: {}}, "relationships": [self.relationship(number, number + 1)]}
                if after
                else {}
            ),
        }

    def query_view(self) -> dict[str, Any]:
        name = self.names[0]
        return {
            "schema": "PUBLIC",
            "query": {
                "fields": {f"{name}.d0": "id", f"{name}.m0": "n"},
                "base_view": name,
                "topic": f"{name}_topic",
                "calculations": {"twice": {"sql": "OMNI_FX_ADD(1, 1)"}},
                "filters": {f"{name}.d9": {"is": 1}},
                "bind_all_filters": True,
                "sorts": [{"field": f"{name}.m0", "desc": True}],
                "limit": 10,
                "pivots": [],
                "fill_fields": [],
                "default_group_by": True,
                "join_via_map": {},
            },
            "dimensions": {"id": {"primary_key": True}, "n": {}},
            "measures": {"count": {"aggregate_type": "count"}},
        }

    def composite(self) -> dict[str, Any]:
        one, other = f"{self.names[0]}_topic", f"{self.names[8]}_topic"
        return {
            "topics": [one, other],
            "shared_views": [],
            "shared_dimensions": {
                "day": {"label": "Day", "mappings": {one: {"field": f"{self.names[0]}.d0"}}}
            },
            "shared_measures": {"all": {"label": "All", "sql": f"${{{one}.{self.names[0]}.m0}}"}},
            "unrelated_dimension_handling": "null_fill",
            "always_join_all_topics": False,
            "label": "All",
            "description": "Both",
        }
