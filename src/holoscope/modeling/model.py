"""The typed model: what YAML means once it is read; values are frozen (modeling digest §4, §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from holoscope.modeling.composites import CompositeTopic
from holoscope.modeling.fields import ConditionalFormat
from holoscope.modeling.joins import Relationship
from holoscope.modeling.topics import AccessFilter, Topic
from holoscope.modeling.types import EMPTY, Catalog
from holoscope.modeling.views import View


@dataclass(frozen=True, slots=True)
class AccessGrant:
    name: str
    user_attribute: str
    allowed_values: tuple[str, ...]
    access_boostable: bool = False


@dataclass(frozen=True, slots=True)
class CachePolicy:
    name: str
    max_cache_age_seconds: int
    filter_suggestions_must_obey: bool = False


@dataclass(frozen=True, slots=True)
class CustomCalendar:
    """A table of periods: `date` is its day, `mappings` give a column for each timeframe (digest §9.4).

    Keys of `mappings` are `year quarter month week` (first days) and `year_num quarter_of_year
    month_num` (numbers). All are field names of `view`.
    """

    name: str
    view: str
    date: str
    mappings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DynamicSchema:
    """The views of `from_schema` once more, on the schema that the user's attribute names."""

    name: str
    from_schema: str
    user_attribute: str


@dataclass(frozen=True, slots=True)
class ExtensionRoute:
    """Which extension model a user is sent to: by `mappings` (extension -> values) or `map_pattern`."""

    user_attribute: str | None = None
    mappings: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    map_pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A whole model, composed and named. `views` includes the copies aliased joins make.

    `derived` keeps what other rooms work out from the model once, such as join trees; it is
    never part of the model's meaning.
    """

    views: Mapping[str, View]
    topics: Mapping[str, Topic] = field(default_factory=lambda: EMPTY)
    relationships: tuple[Relationship, ...] = ()
    label: str | None = None
    description: str | None = None
    ai_context: str | None = None
    access_grants: Mapping[str, AccessGrant] = field(default_factory=lambda: EMPTY)
    default_topic_access_filters: tuple[AccessFilter, ...] = ()
    default_topic_required_access_grants: tuple[str, ...] = ()
    cache_policies: Mapping[str, CachePolicy] = field(default_factory=lambda: EMPTY)
    default_cache_policy: str | None = None
    week_start_day: str = "Monday"
    default_timeframes: tuple[str, ...] = ("raw", "date", "week", "month", "quarter", "year")
    catalog: Catalog = field(default_factory=Catalog)
    composite_topics: Mapping[str, CompositeTopic] = field(default_factory=lambda: EMPTY)
    constants: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    custom_formats: Mapping[str, str | ConditionalFormat] = field(default_factory=lambda: EMPTY)
    custom_calendars: Mapping[str, CustomCalendar] = field(default_factory=lambda: EMPTY)
    fiscal_month_offset: int | None = None
    numeric_locale: str = "en_US"
    dynamic_schemas: Mapping[str, DynamicSchema] = field(default_factory=lambda: EMPTY)
    extension_routes: tuple[ExtensionRoute, ...] = ()
    features: frozenset[str] = frozenset()
    default_row_limit: int | None = None
    sql_preamble: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    derived: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def access_filters_of(self, topic: Topic) -> tuple[AccessFilter, ...]:
        """Give the row rules of a topic: its own, else those of topics that say nothing."""
        return self.default_topic_access_filters if topic.access_filters is None else topic.access_filters
