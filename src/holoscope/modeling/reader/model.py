"""The model file (modeling digest §4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from holoscope.modeling.codes import Code
from holoscope.modeling.format_texts import Format
from holoscope.modeling.locales import LOCALES
from holoscope.modeling.model import AccessGrant, CachePolicy, CustomCalendar, DynamicSchema, ExtensionRoute
from holoscope.modeling.reader import passive
from holoscope.modeling.reader.access import read_access_filters
from holoscope.modeling.reader.calendars import read_calendars
from holoscope.modeling.reader.dynamic import read_dynamic_schemas, read_extension_routes
from holoscope.modeling.reader.fields import read_timeframes, read_week_start
from holoscope.modeling.reader.formats import read_custom_formats
from holoscope.modeling.reader.keys import ACCESS_GRANT, CACHE_POLICY, CONSTANT, MODEL
from holoscope.modeling.reader.report import Report
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.topics import read_row_limit, read_sample_queries
from holoscope.modeling.reader.tree import Node, Origin, Scalar, Spot, Table
from holoscope.modeling.topics import AccessFilter
from holoscope.modeling.types import EMPTY

_AGE = re.compile(r"\s*([0-9]{1,9})\s+(second|minute|hour|day|week)s?\s*\Z", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_LONGEST_AGE = 30 * 86_400
_CONSTANT_NAME = re.compile(r"[A-Za-z_][\w-]*\Z")
_LARGEST_OFFSET = 120
_FEATURE = re.compile(r"#\s*!(enable|disable)_feature\(\s*(\w+)\s*\)")
_FEATURES = frozenset(("allow_non_inner_join_mv_optimization",))
_LOCALES = {name.lower(): name for name in LOCALES}
_ACCESS = ("access_grants", "default_topic_required_access_grants", "default_topic_access_filters")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What the model file says.

    `access_is_known` is False when its defaults for access could not be read: then no topic that
    relies on them may be served.
    """

    label: str | None = None
    description: str | None = None
    ai_context: str | None = None
    access_grants: Mapping[str, AccessGrant] = field(default_factory=lambda: EMPTY)
    default_topic_access_filters: tuple[AccessFilter, ...] = ()
    default_topic_required_access_grants: tuple[str, ...] = ()
    cache_policies: Mapping[str, CachePolicy] = field(default_factory=lambda: EMPTY)
    default_cache_policy: str | None = None
    week_start_day: str | None = None
    default_timeframes: tuple[str, ...] | None = None
    fiscal_month_offset: int | None = None
    custom_formats: Mapping[str, Format] = field(default_factory=lambda: EMPTY)
    numeric_locale: str | None = None
    access_is_known: bool = True
    exists: bool = False
    constants: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    default_row_limit: int | None = None
    dynamic_schemas: Mapping[str, DynamicSchema] = field(default_factory=lambda: EMPTY)
    extension_routes: tuple[ExtensionRoute, ...] = ()
    features: frozenset[str] = frozenset()
    custom_calendars: Mapping[str, CustomCalendar] = field(default_factory=lambda: EMPTY)


def read_model_file(texts: Iterable[Origin], node: Node | None, report: Report) -> ModelFile:
    """Read the model file whose tree is `node` (None when it is empty); `texts` are its layers' own."""
    start = Spot(0, 0)
    section = Section(node if node is not None else Table({}, start, start), MODEL, report, (), start)
    features: dict[str, bool] = {}
    for origin in texts:
        features |= _features(origin, report)
    # An unknown key may be a misspelt rule of access, and a root that is no map says nothing at all.
    known = all(key in MODEL for key in section.entries) and (node is None or isinstance(node, Table))
    before = section.broken
    section.broken = False
    grants = _grants(section)
    filters = read_access_filters(section, "default_topic_access_filters")
    required = section.words("default_topic_required_access_grants")
    access_is_known = known and not section.broken
    _refuse_preamble(section)
    _refuse_topics(section)
    section.broken = section.broken or before
    return ModelFile(
        label=section.text("label"),
        description=section.text("description"),
        ai_context=section.prompt("ai_context"),
        access_grants=grants,
        default_topic_access_filters=filters or (),
        default_topic_required_access_grants=required or (),
        cache_policies=_cache_policies(section),
        default_cache_policy=section.word("default_cache_policy"),
        week_start_day=read_week_start(section),
        default_timeframes=read_timeframes(section, "default_timeframes"),
        fiscal_month_offset=_fiscal_offset(section),
        custom_formats=read_custom_formats(section),
        numeric_locale=section.choice("default_numeric_locale", _LOCALES),
        access_is_known=access_is_known,
        exists=True,
        constants=_constants(section),
        extra=_extra(section),
        default_row_limit=read_row_limit(section),
        dynamic_schemas=read_dynamic_schemas(section),
        extension_routes=read_extension_routes(section),
        custom_calendars=read_calendars(section),
        features=frozenset(name for name, enabled in features.items() if enabled),
    )


def _refuse_preamble(section: Section) -> None:
    if section.node("sql_preamble") is not None:
        message = "Statements before a query are never run: a query is one SELECT, and nothing else may run."
        section.error(
            Code.NOT_SUPPORTED_YET, message, "sql_preamble", fix="Set what it sets on the connection."
        )


def _refuse_topics(section: Section) -> None:
    """Topics in the model file are an old form that nobody may add to; none of them is served."""
    node = section.node("topics")
    if node is None:
        return
    names = list(node.entries) if isinstance(node, Table) else []
    fix = "Write each into a file of its own, such as " + (f"{names[0]}.topic." if names else "rides.topic.")
    message = "Topics are not read from the model file."
    section.error(Code.NOT_SUPPORTED_YET, message, "topics", fix=fix)


def _constants(section: Section) -> Mapping[str, str]:
    """Check the constants; they have been filled in by now."""
    found: dict[str, str] = {}
    for name, mark, node, path in section.children("constants"):
        item = Section(node, CONSTANT, section.report, path, mark)
        value = item.entries.get("value")
        if _CONSTANT_NAME.match(name) is None:
            item.error(
                Code.BAD_NAME, f'"{name}" cannot name a constant: use letters, digits and underscores.'
            )
        elif item.broken:
            continue
        elif value is None or not isinstance(value[1], Scalar) or value[1].value is None:
            item.error(Code.BAD_CONSTANT, f'The constant "{name}" has no text.', fix="Write {value: text}.")
        elif "@{" in value[1].text:
            item.error(Code.BAD_CONSTANT, f'The constant "{name}" may not hold another constant.', "value")
        else:
            found[name] = value[1].text
    return MappingProxyType(found)


def _extra(section: Section) -> Mapping[str, Any]:
    """Keep what changes no answer; of two lists that exclude each other, neither counts."""
    kept = dict(passive.read_passive(section, passive.MODEL))
    for wanted, unwanted in (("included_schemas", "ignored_schemas"), ("included_views", "ignored_views")):
        if section.node(wanted) is not None and section.node(unwanted) is not None:
            message = f'"{wanted}" and "{unwanted}" exclude each other.'
            section.error(Code.CONTRADICTION, message, unwanted, fix="Keep one of them.")
            kept.pop(wanted, None)
            kept.pop(unwanted, None)
    samples = read_sample_queries(section)
    return MappingProxyType(kept | ({"sample_queries": samples} if samples else {}))


def _features(origin: Origin, report: Report) -> dict[str, bool]:
    """Read the switches in comments; of two for one feature the last counts."""
    switches: dict[str, bool] = {}
    for number, line in enumerate(origin.text.splitlines()):
        found = _FEATURE.search(line) if "#" in line else None
        if found is None:
            continue
        switch, name = found.groups()
        switches[name] = switch == "enable"
        if name not in _FEATURES:
            message = f'The feature "{name}" has no effect.'
            report.warning(Code.NOT_USED_YET, message, Spot(number, found.start(), 0, origin), ())
    return switches


def _grants(section: Section) -> Mapping[str, AccessGrant]:
    """A bad grant is left out: nobody holds it."""
    grants: dict[str, AccessGrant] = {}
    for name, mark, node, path in section.children("access_grants"):
        item = Section(node, ACCESS_GRANT, section.report, path, mark)
        item.require("user_attribute")
        item.require("allowed_values")
        attribute, values = item.word("user_attribute"), item.words("allowed_values")
        if not item.broken and attribute is not None and values is not None:
            grants[name] = AccessGrant(name, attribute, values, item.flag("access_boostable"))
    return MappingProxyType(grants)


def _fiscal_offset(section: Section) -> int | None:
    """Read `fiscal_month_offset`; one beyond ten years is no offset anybody means."""
    offset = section.integer("fiscal_month_offset")
    if offset is not None and abs(offset) > _LARGEST_OFFSET:
        message = f'"fiscal_month_offset" must lie between -{_LARGEST_OFFSET} and {_LARGEST_OFFSET} months.'
        section.error(Code.BAD_FISCAL_OFFSET, message, "fiscal_month_offset")
        return None
    return offset


def _cache_policies(section: Section) -> Mapping[str, CachePolicy]:
    policies: dict[str, CachePolicy] = {}
    for name, mark, node, path in section.children("cache_policies"):
        item = Section(node, CACHE_POLICY, section.report, path, mark)
        item.require("max_cache_age")
        age = item.word("max_cache_age")
        if age is None or item.broken:
            continue
        found = _AGE.match(age)
        seconds = int(found.group(1)) * _SECONDS[found.group(2).lower()] if found else -1
        if not 0 <= seconds <= _LONGEST_AGE:
            message = f'"{age}" is not an age from 0 seconds to 30 days; the default policy is used.'
            item.error(Code.BAD_CACHE_AGE, message, "max_cache_age", fix='Write it like "6 hours".')
            continue
        policies[name] = CachePolicy(name, seconds, item.flag("filter_suggestions_must_obey_policy"))
    return MappingProxyType(policies)
