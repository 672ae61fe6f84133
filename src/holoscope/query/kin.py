"""Which views show the rows of another: aliases of joins, views of one table, views that extend one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from holoscope.modeling.columns import table_key
from holoscope.modeling.copies import copy_view
from holoscope.modeling.model import Model
from holoscope.modeling.views import View


def has_same_rows(one: View, other: View, model: Model) -> bool:
    """Tell whether two views read the same table, SELECT or query; letter case does not count."""
    if one.sql is not None or other.sql is not None:
        return one.sql == other.sql
    if one.query is not None or other.query is not None:
        return one.query == other.query
    if one.catalog and other.catalog and one.catalog.lower() != other.catalog.lower():
        return False
    return table_key(one, model.catalog) == table_key(other, model.catalog)


def kin_of(name: str, model: Model) -> tuple[str, ...]:
    """Name the other views whose rows a view shows: those of the same rows, and those that it extends."""
    key = ("kin", name)
    known: tuple[str, ...] | None = model.derived.get(key)
    if known is None:
        view = model.views[name]
        ancestors = set(_ancestors(view, model))
        known = model.derived[key] = tuple(
            other.name
            for other in model.views.values()
            if other.name != name and (other.name in ancestors or has_same_rows(view, other, model))
        )
    return known


def model_with_copy(name: str, original: str, model: Model) -> Model:
    """Give the model in which a view of the same rows has the fields of `original`, as a join's alias has."""
    key = ("copy", name, original)
    known: Model | None = model.derived.get(key)
    if known is None:
        copy = copy_view(model.views[original], name, None)
        views = MappingProxyType({**model.views, name: copy})
        known = model.derived[key] = replace(model, views=views, derived={})
    return known


def _ancestors(view: View, model: Model) -> Iterator[str]:
    """Give what a view extends, and what that extends; a circle has been refused before."""
    waiting, seen = list(view.extends), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield name
            above = model.views.get(name)
            waiting += above.extends if above is not None else ()
