"""What depends on who asks: `dynamic_schemas` and `dynamic_shared_extensions` (modeling digest §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from holoscope.modeling.codes import Code
from holoscope.modeling.model import DynamicSchema, ExtensionRoute
from holoscope.modeling.reader.keys import DYNAMIC_SCHEMA, EXTENSION_ROUTE, EXTENSION_VALUES
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Scalar

_PATTERN = re.compile(r"[^{}]*\{\{\s*omni_attributes\.(\w+)\s*\}\}[^{}]*\Z")


def read_dynamic_schemas(section: Section) -> Mapping[str, DynamicSchema]:
    """Read the virtual schemas; one that is bad is left out with its views."""
    found: dict[str, DynamicSchema] = {}
    for name, mark, node, path in section.children("dynamic_schemas"):
        item = Section(node, DYNAMIC_SCHEMA, section.report, path, mark)
        item.require("from_schema")
        item.require("user_attribute")
        if not name.isidentifier():
            item.error(Code.BAD_NAME, f'"{name}" cannot name a schema: use letters, digits and underscores.')
        schema, attribute = item.word("from_schema"), item.word("user_attribute")
        if not item.broken and schema is not None and attribute is not None:
            found[name] = DynamicSchema(name, schema.strip(), attribute.strip())
    return MappingProxyType(found)


def read_extension_routes(section: Section) -> tuple[ExtensionRoute, ...]:
    """Read where users are sent to: by a map from values, or by a pattern; one that is bad is left out."""
    routes = (
        _route(Section(node, EXTENSION_ROUTE, section.report, path))
        for node, path in section.items("dynamic_shared_extensions")
    )
    return tuple(route for route in routes if route is not None)


def _route(item: Section) -> ExtensionRoute | None:
    by_map = "mappings" in item or "user_attribute" in item
    if by_map == ("map_pattern" in item):
        message = 'A route has either "user_attribute" with "mappings", or "map_pattern".'
        item.error(Code.CONTRADICTION, message)
        return None
    if by_map:
        item.require("user_attribute")
        item.require("mappings")
        attribute, mappings = item.word("user_attribute"), _mappings(item)
        return None if item.broken else ExtensionRoute(attribute, mappings)
    node = item.node("map_pattern")
    text = node.text if isinstance(node, Scalar) else ""
    if _PATTERN.match(text) is None:
        message = '"map_pattern" is a name with one {{omni_attributes.<attribute>}} in it.'
        item.error(Code.BAD_TEMPLATE, message, "map_pattern")
    return None if item.broken else ExtensionRoute(map_pattern=text)


def _mappings(item: Section) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, mark, node, path in item.children("mappings"):
        part = Section(node, EXTENSION_VALUES, item.report, path, mark)
        part.require("values_for_model")
        values = part.words("values_for_model")
        item.broken = item.broken or part.broken
        if values is not None:
            found[name] = values
    return MappingProxyType(found)
