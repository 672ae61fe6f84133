"""Keys that change no answer: checked, and kept as they are written (modeling digest §4, §6, §8, §11, §15).

A shape says what may stand in such a key. What does not fit is an error of that key alone: it is
dropped, and whatever holds it stays in the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.section import Section, describe
from holoscope.modeling.reader.tree import Items, Node, Scalar, Table, plain
from holoscope.modeling.timeframes import GRAINS

Shape = Callable[[Node, Path, Report], bool]
"""Tells whether a value fits; one that does not has been reported."""


def read_passive(section: Section, shapes: Mapping[str, Shape]) -> Mapping[str, Any]:
    """Return the keys of `shapes` that a section says, as JSON could hold them."""
    found: dict[str, Any] = {}
    for key in section.entries.keys() & shapes.keys():
        value = read_one(section, key, shapes[key])
        if value is not None:
            found[key] = value
    return MappingProxyType(found)


def read_one(section: Section, key: str, shape: Shape) -> Any:  # noqa: ANN401  (JSON-like data, any shape)
    """Return one such key; None when it is not said, or does not fit."""
    node = section.node(key)
    if node is None or not shape(node, (*section.path, key), section.report):
        return None
    return plain(node)


def text(node: Node, path: Path, report: Report) -> bool:
    """Accept text; numbers and booleans count as they are written."""
    return isinstance(node, Scalar) or _wrong(node, path, report, "text")


def word(node: Node, path: Path, report: Report) -> bool:
    """Accept a name."""
    fits = isinstance(node, Scalar) and node.value is not None and bool(node.text.strip())
    return fits or _wrong(node, path, report, "a name")


def flag(node: Node, path: Path, report: Report) -> bool:
    """Accept true or false."""
    fits = isinstance(node, Scalar) and isinstance(node.value, bool)
    return fits or _wrong(node, path, report, "true or false")


def anything(_node: Node, _path: Path, _report: Report) -> bool:
    """Accept whatever is written."""
    return True


def mapping(node: Node, path: Path, report: Report) -> bool:
    """Accept any map."""
    return isinstance(node, Table) or _wrong(node, path, report, "a map")


def list_of(shape: Shape) -> Shape:
    """Accept lists of one shape."""

    def fits(node: Node, path: Path, report: Report) -> bool:
        if not isinstance(node, Items):
            return _wrong(node, path, report, "a list")
        good = True
        for number, item in enumerate(node.values):
            good = shape(item, (*path, number), report) and good
        return good

    return fits


def map_of(shape: Shape, names: Iterable[str] | None = None) -> Shape:
    """Accept maps of one shape; `names` are the only ones there are, in any letter case."""
    known = None if names is None else tuple(names)

    def fits(node: Node, path: Path, report: Report) -> bool:
        if not isinstance(node, Table):
            return _wrong(node, path, report, "a map")
        good = True
        for name, (mark, value) in node.entries.items():
            if known is not None and name.lower() not in known:
                hint = near(name, known, limit=1)
                fix = f"Did you mean {hint[0]}?" if hint else None
                report.error(Code.UNKNOWN_WORD, f'"{name}" is not known here.', mark, (*path, name), fix=fix)
                good = False
            elif not _is_null(value):
                good = shape(value, (*path, name), report) and good
        return good

    return fits


def one_of(*words: str) -> Shape:
    """Accept one of some words, in any letter case."""

    def fits(node: Node, path: Path, report: Report) -> bool:
        if isinstance(node, Scalar) and node.text.strip().lower() in words:
            return True
        message = f"{describe(node).capitalize()} is not a value here."
        report.error(Code.UNKNOWN_WORD, message, node.mark, path, fix=f"Use {', '.join(words)}.")
        return False

    return fits


def record(required: Iterable[str] = (), *, otherwise: Shape | None = None, **keys: Shape) -> Shape:
    """Accept maps with known keys; `otherwise` is what may stand under `else`."""
    needed = tuple(required)
    shapes = keys if otherwise is None else {**keys, "else": otherwise}

    def fits(node: Node, path: Path, report: Report) -> bool:
        if not isinstance(node, Table):
            return _wrong(node, path, report, "a map")
        good = True
        for key, (mark, value) in node.entries.items():
            if key not in shapes:
                hint = near(key, shapes, limit=1)
                fix = f"Did you mean {hint[0]}?" if hint else None
                report.error(Code.UNKNOWN_KEY, f'Invalid property name "{key}".', mark, (*path, key), fix=fix)
                good = False
            elif not _is_null(value):
                good = shapes[key](value, (*path, key), report) and good
        for key in needed:
            if key not in node.entries or _is_null(node.entries[key][1]):
                report.error(Code.MISSING_KEY, f'"{key}" is required.', node.mark, path)
                good = False
        return good

    return fits


def either(scalar: Shape, other: Shape) -> Shape:
    """Accept one shape for single values and another for the rest."""
    return lambda node, path, report: (scalar if isinstance(node, Scalar) else other)(node, path, report)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _wrong(node: Node, path: Path, report: Report, expected: str) -> bool:
    name = f'Property "{path[-1]}"' if path and isinstance(path[-1], str) else "This"
    report.error(Code.WRONG_TYPE, f"{name} must be {expected}, not {describe(node)}.", node.mark, path)
    return False


_LEVEL = one_of("enabled", "disabled", "default")
_MODEL_AND_THINKING = record(
    model=one_of("smartest", "standard", "fastest", "opus", "sonnet", "haiku"),
    thinking=one_of("none", "low", "medium", "high"),
)
_LINKS = list_of(record(["url"], url=text, label=text, icon_url=text))
_QUERY = record(
    fields=anything,
    base_view=word,
    topic=word,
    filters=mapping,
    sorts=list_of(record(["field"], field=word, desc=flag)),
    limit=anything,
    calculations=mapping,
    pivots=list_of(word),
    fill_fields=list_of(word),
    default_group_by=flag,
    bind_all_filters=flag,
    join_via_map=mapping,
)
WAREHOUSE = record(["warehouse"], warehouse=record(["name"], name=word))
SUGGESTIONS: Mapping[str, Shape] = {
    "suggestion_list": list_of(either(text, record(["value"], value=text, label=text))),
    "suggest_from_field": word,
    "suggest_from_topic": word,
}
FIELD: Mapping[str, Shape] = {
    **SUGGESTIONS,
    "links": _LINKS,
    "markdown": text,
    "sample_values": list_of(text),
}
DIMENSION: Mapping[str, Shape] = {
    **FIELD,
    "colors": record(
        conditions=list_of(
            record(["condition", "color"], condition=record(["is"], **{"is": anything}), color=text)
        ),
        otherwise=text,
    ),
    "timeframe_metadata": map_of(
        record(
            label=text,
            description=text,
            format=anything,
            drill_fields=list_of(word),
            hidden=flag,
            group_label=text,
            synonyms=list_of(text),
            ai_context=text,
            links=_LINKS,
            markdown=text,
        ),
        GRAINS,
    ),
}
MEASURE: Mapping[str, Shape] = {
    **FIELD,
    "colors": record(series=text),
    "drill_queries": map_of(_QUERY),
}
VIEW: Mapping[str, Shape] = {"folder": text, "default_drill_query": _QUERY, "dbt": mapping}
TOPIC: Mapping[str, Shape] = {
    "warehouse_override": WAREHOUSE,
    "ignored_props": list_of(word),
    "has_frozen_join_via_map": flag,
}
MODEL: Mapping[str, Shape] = {
    "ai_chat_topics": list_of(word),
    "ai_settings": record(
        query_all_views_and_fields=_LEVEL,
        validate_analysis=_LEVEL,
        conversation_prune_length=one_of("short", "medium", "long", "max"),
        analyze_configuration=_MODEL_AND_THINKING,
        build_configuration=_MODEL_AND_THINKING,
        simple_summarize_configuration=_MODEL_AND_THINKING,
    ),
    "auto_run": flag,
    "facet_workbook_filters": flag,
    "slot_reservation": record(["name"], name=word),
    "warehouse_override": WAREHOUSE,
    "extends": list_of(word),
    "template": flag,
    "included_schemas": list_of(word),
    "ignored_schemas": list_of(word),
    "included_views": list_of(word),
    "ignored_views": list_of(word),
}
