"""Filter-only fields of a view file (modeling digest §14)."""

from __future__ import annotations

from collections.abc import Mapping

from holoscope.modeling.codes import Code
from holoscope.modeling.fields import FilterField
from holoscope.modeling.reader.conditions import read_condition
from holoscope.modeling.reader.keys import FILTER
from holoscope.modeling.reader.passive import SUGGESTIONS, read_passive
from holoscope.modeling.reader.section import Section
from holoscope.modeling.references import qualified
from holoscope.modeling.types import DataType

_TYPES: Mapping[str, DataType | None] = {
    word: DataType(word.upper())
    for word in ("string", "number", "timestamp", "boolean", "array", "interval", "json")
}
_COLUMN = "column"


def read_filter_fields(section: Section, view: str) -> tuple[dict[str, FilterField], set[str]]:
    """Read `filters:` of a view; also gives the names of those that are bad (they have been reported)."""
    fields: dict[str, FilterField] = {}
    bad: set[str] = set()
    for name, mark, node, path in section.children("filters"):
        found = _read(Section(node, FILTER, section.report, path, mark), view, name)
        if found is None:
            bad.add(name)
        else:
            fields[name] = found
    return fields, bad


def _read(section: Section, view: str, name: str) -> FilterField | None:
    if not name.isidentifier():
        section.error(Code.BAD_NAME, f'"{name}" cannot name a field: use letters, digits and underscores.')
    section.require("type")
    kind = section.choice("type", {**_TYPES, _COLUMN: _COLUMN})
    default = None
    written = section.node("default_filter")
    if written is not None:
        mark = section.entries["default_filter"][0]
        default = read_condition(written, section.report, (*section.path, "default_filter"), mark)
        section.broken = section.broken or default is None
    bind = section.word("bind_to")
    found = FilterField(
        view,
        name,
        section.position,
        None if kind == _COLUMN else kind,
        label=section.text("label"),
        description=section.text("description"),
        group_label=section.text("group_label"),
        view_label=section.text("view_label"),
        hidden=section.flag("hidden"),
        display_order=section.integer("display_order"),
        aliases=section.words("aliases") or (),
        default_filter=default,
        filter_single_select_only=section.flag("filter_single_select_only"),
        required_access_grants=section.words("required_access_grants"),
        bind=qualified(bind, view) if bind else bind,
        extra=read_passive(section, SUGGESTIONS),
    )
    return None if section.broken else found
