"""What a view, a topic or a field passes on through `extends`, as trees (modeling digest §6, §8, §15)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import reduce
from types import MappingProxyType

from holoscope.modeling import merge
from holoscope.modeling.reader.tree import Items, Mark, Node, Scalar, Table

SECTIONS = ("dimensions", "measures", "filters")
_SOURCES = ("table_name", "sql", "query", "uploaded_table_name")
_OF_THE_VIEW_ITSELF = frozenset(
    {"name", "extends", "template", "ignored", "aliases", "materialized_query", "dbt"}
)
_OF_THE_TOPIC_ITSELF = frozenset({"extends", "template", "ignored"})
_OF_THE_FIELD_ITSELF = frozenset({"extends", "ignore_from_extended", "primary_key", "aliases"})

_TOPIC = merge.Record(
    MappingProxyType(
        {
            **merge.TOPIC.shapes,
            "joins": merge.Recursive(),
            "always_where_filters": merge.Named(merge.ATOM),
            "always_having_filters": merge.Named(merge.ATOM),
        }
    )
)


def inherit_view(parents: Iterable[Table], own: Table) -> Table:
    """Lay a view over what its parents pass on; of two parents the later one wins.

    A source of rows is inherited whole or not at all, and a field may change its section.
    """
    below = reduce(lambda lower, upper: _over(_make_room(lower, upper), upper, merge.VIEW), parents)
    return _over(_make_room(below, own), own, merge.VIEW)


def inherit_topic(parents: Iterable[Table], own: Table) -> Table:
    """Lay a topic over what its parents pass on; maps merge, lists are replaced, joins meet by identity."""

    def over(lower: Table, upper: Table) -> Table:
        merged = _over(lower, upper, _TOPIC)
        if "relationships" in lower.entries and "relationships" in upper.entries:
            mark, joins = upper.entries["relationships"]
            merged.entries["relationships"] = (
                mark,
                merge.merge_joins(lower.entries["relationships"][1], joins),
            )
        return merged

    return reduce(over, [*parents, own])


def view_passes_on(view: Table, name: str, heir: str, stem: str) -> Table:
    """Return what the view `name` gives to `heir`: everything but what is about itself alone.

    A view stands on a table even when it does not say so, named by its file's `stem`; a template does
    not. Where inherited text names the view itself, it means the heir.
    """
    entries = {key: entry for key, entry in view.entries.items() if key not in _OF_THE_VIEW_ITSELF}
    for section in SECTIONS:
        if section in entries and isinstance(entries[section][1], Table):
            mark, fields = entries[section]
            entries[section] = (
                mark,
                _filtered(fields, lambda _, body: not _says(body, "ignore_from_extended")),
            )
    if not is_template(view) and not any(_is_said(view, key) for key in _SOURCES):
        entries["table_name"] = (view.mark, Scalar(stem, stem, view.mark, view.end))
    return _renamed(Table(entries, view.mark, view.end), name, heir)


def view_itself(view: Table, stem: str) -> Table:
    """Return a view as a topic changes it: all of it, its table said."""
    entries = {key: entry for key, entry in view.entries.items() if key != "extends"}
    if not any(_is_said(view, key) for key in _SOURCES):
        entries["table_name"] = (view.mark, Scalar(stem, stem, view.mark, view.end))
    return Table(entries, view.mark, view.end)


def topic_passes_on(topic: Table, name: str) -> Table:
    """Return what the topic `name` gives to another one; a base view that it does not say is its name."""
    entries = {key: entry for key, entry in topic.entries.items() if key not in _OF_THE_TOPIC_ITSELF}
    if not is_template(topic) and not _is_said(topic, "base_view"):
        entries["base_view"] = (topic.mark, Scalar(name, name, topic.mark, topic.end))
    return Table(entries, topic.mark, topic.end)


def field_passes_on(body: Node, *, column: str | None, template: tuple[str, str] | None) -> Table:
    """Return what a field gives to another one.

    `column` names a dimension of the same view that may be a bare column: then its value is passed on.
    `template` is the parent's view and the heir's, when the parent is a template.
    """
    entries = dict(body.entries) if isinstance(body, Table) else {}
    kept = {key: entry for key, entry in entries.items() if key not in _OF_THE_FIELD_ITSELF}
    if column is not None and not any(key in kept for key in ("sql", "duration")):
        text = f"${{{column}}}"
        kept["sql"] = (body.mark, Scalar(text, text, body.mark, body.end))
    table = Table(kept, body.mark, body.end)
    return _renamed(table, *template) if template is not None else table


def inherit_field(parents: Iterable[Table], own: Table) -> Table:
    """Lay a field over what its parents pass on: own keys win."""
    return reduce(lambda lower, upper: _over(lower, upper, merge.FIELD), [*parents, own])


def is_template(thing: Node | None) -> bool:
    """Tell whether a view or topic exists only to be extended."""
    return thing is not None and _says(thing, "template")


def words(node: Node | None) -> list[tuple[str, Scalar]]:
    """Give the words of a list with their places; anything else is the reader's to complain about."""
    if not isinstance(node, Items):
        return []
    return [
        (item.text.strip(), item)
        for item in node.values
        if isinstance(item, Scalar) and item.value is not None
    ]


def _over(lower: Table, upper: Table, shape: merge.Shape) -> Table:
    merged = merge.merge(lower, upper, shape)
    entries = merged.entries if isinstance(merged, Table) else {}
    return Table(dict(entries), upper.mark, upper.end)


def _make_room(lower: Table, upper: Table) -> Table:
    """Drop from `lower` what `upper` says in another way: another source, a field in another section."""
    entries = dict(lower.entries)
    if any(_is_said(upper, key) for key in _SOURCES):
        for key in _SOURCES:
            entries.pop(key, None)
    for section in SECTIONS:
        if section in entries:
            others = _field_names(upper, [name for name in SECTIONS if name != section])
            mark, fields = entries[section]
            entries[section] = mark, _without(fields, others)
    return Table(entries, lower.mark, lower.end)


def _field_names(view: Table, sections: Iterable[str]) -> set[str]:
    names: set[str] = set()
    for section in sections:
        node = view.entries[section][1] if section in view.entries else None
        if isinstance(node, Table):
            names |= node.entries.keys()
    return names


def _without(fields: Node, names: Collection[str]) -> Node:
    return _filtered(fields, lambda name, _: name not in names) if isinstance(fields, Table) else fields


def _filtered(table: Node, keep: Callable[[str, Node], bool]) -> Node:
    if not isinstance(table, Table):
        return table
    kept = {name: entry for name, entry in table.entries.items() if keep(name, entry[1])}
    return Table(kept, table.mark, table.end)


def _says(node: Node, key: str) -> bool:
    entry = node.entries.get(key) if isinstance(node, Table) else None
    return entry is not None and isinstance(entry[1], Scalar) and entry[1].value is True


def _is_said(table: Table, key: str) -> bool:
    entry = table.entries.get(key)
    return entry is not None and not merge.says_nothing(entry[1])


def _renamed(table: Table, old: str, new: str) -> Table:
    """Let references to the view `old` mean `new`: in `${}`, in `{{}}`, and where a field is named."""
    inside = re.compile(r"(\$\{\s*|\{\{\s*[#^/]?\s*(?:filters\.)?)" + re.escape(old) + r"(?=\.)")
    whole = re.compile(r"\A" + re.escape(old) + r"\.(?=\w+(?:\[\w+\])?\Z)")

    def text_of(text: str) -> str:
        return inside.sub(lambda found: found[1] + new, whole.sub(f"{new}.", text, count=1))

    def change(node: Node) -> Node:
        if isinstance(node, Scalar):
            text = text_of(node.text) if isinstance(node.value, str) else node.text
            return node if text == node.text else Scalar(text, text, node.mark, node.end)
        if isinstance(node, Items):
            return Items([change(value) for value in node.values], node.mark, node.end)
        return Table(_changed(node.entries), node.mark, node.end)

    def _changed(entries: Mapping[str, tuple[Mark, Node]]) -> dict[str, tuple[Mark, Node]]:
        return {whole.sub(f"{new}.", key): (mark, change(value)) for key, (mark, value) in entries.items()}

    return Table(_changed(table.entries), table.mark, table.end)
