"""Access filters, as topics and the model file write them (modeling digest §17)."""

from __future__ import annotations

from holoscope.modeling.reader.keys import ACCESS_FILTER
from holoscope.modeling.reader.section import Section
from holoscope.modeling.topics import AccessFilter


def read_access_filters(section: Section, key: str) -> tuple[AccessFilter, ...] | None:
    """Read a list of row rules; None when absent. One bad rule breaks the section: never fewer rules."""
    if section.node(key) is None:
        return None
    rules: list[AccessFilter] = []
    for node, path in section.items(key):
        item = Section(node, ACCESS_FILTER, section.report, path)
        item.require("field")
        item.require("user_attribute")
        field, attribute = item.word("field"), item.word("user_attribute")
        free = item.words("values_for_unfiltered") or ()
        wildcards = item.flag("enable_sql_like_wildcards")
        if item.broken or field is None or attribute is None:
            section.broken = True
            continue
        rules.append(AccessFilter(field.strip(), attribute.strip(), free, wildcards))
    return tuple(rules)
