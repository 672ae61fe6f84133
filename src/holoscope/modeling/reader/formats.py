"""`format` of fields and `custom_formats` of the model (modeling digest §10).

A format that cannot be read is reported and left out by itself: it never changes a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from holoscope.modeling.codes import Code
from holoscope.modeling.conditions import Condition
from holoscope.modeling.fields import ConditionalFormat
from holoscope.modeling.format_texts import Format
from holoscope.modeling.formats import canonical_format
from holoscope.modeling.reader.computed import tells_time
from holoscope.modeling.reader.conditions import read_condition
from holoscope.modeling.reader.keys import CONDITIONAL_FORMAT, DEPENDS_ON, FORMAT_CONDITION
from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Mark, Node, Scalar, Table

_SUBJECTS = ("field", "user_attribute", "filter")


def read_format(section: Section, key: str, _view: str = "") -> Format | None:
    """Read a format under `key`: a text, or a format chosen by a value."""
    node = section.node(key)
    return None if node is None else _format(node, section, (*section.path, key), section.entries[key][0])


def read_custom_formats(section: Section) -> Mapping[str, Format]:
    """Read `custom_formats`: name -> format."""
    found: dict[str, Format] = {}
    for name, mark, node, path in section.children("custom_formats"):
        value = _format(node, section, path, mark)
        if value is not None:
            found[name] = value
    return MappingProxyType(found)


def _format(node: Node, section: Section, path: Path, mark: Mark) -> Format | None:
    if isinstance(node, Scalar) and node.value is not None:
        return canonical_format(node.text)
    if isinstance(node, Table):
        return _conditional(Section(node, CONDITIONAL_FORMAT, section.report, path, mark))
    message = "A format is a text, or a map of depends_on, conditions and else."
    section.report.error(Code.BAD_FORMAT, message, node.mark, path)
    return None


def _conditional(section: Section) -> ConditionalFormat | None:
    subject = section.node("depends_on")
    if not isinstance(subject, Table):
        section.error(Code.BAD_FORMAT, '"depends_on" says what the format depends on.', "depends_on")
        return None
    inner = Section(subject, DEPENDS_ON, section.report, (*section.path, "depends_on"))
    named = {key: inner.word(key) for key in _SUBJECTS if inner.node(key) is not None}
    if len(named) != 1:
        words = "exactly one of field, user_attribute and filter"
        section.error(Code.BAD_FORMAT, f'"depends_on" names {words}.', "depends_on")
    place = section if "conditions" in section else inner
    conditions = [
        _condition(Section(node, FORMAT_CONDITION, section.report, path))
        for node, path in place.items("conditions")
    ]
    other = section.text("else") if "else" in section else inner.text("else")
    if section.broken or inner.broken or any(item is None for item in conditions):
        return None
    chosen = tuple(item for item in conditions if item is not None)
    return ConditionalFormat(chosen, None if other is None else canonical_format(other), **named)


def _condition(item: Section) -> tuple[Condition, str] | None:
    if item.broken:
        return None
    item.require("value")
    text = item.text("value")
    node = item.node("condition")
    if node is None:
        item.require("condition")
        return None
    node = _with_is(node)
    condition = read_condition(node, item.report, (*item.path, "condition"), node.mark)
    if condition is not None and tells_time(condition):
        item.error(Code.BAD_FORMAT, "A format does not depend on a time.", "condition")
    if item.broken or condition is None or text is None:
        return None
    return condition, canonical_format(text)


def _with_is(node: Node) -> Node:
    """Read `equals`, which some files say, as `is`."""
    if not isinstance(node, Table) or "equals" not in node.entries:
        return node
    entries = {"is" if key == "equals" else key: entry for key, entry in node.entries.items()}
    return Table(entries, node.mark, node.end)
