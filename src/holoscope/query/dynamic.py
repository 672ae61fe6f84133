"""The model as one asker sees it: virtual schemas are replaced by those the attributes name (digest §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from holoscope.kit.errors import Forbidden
from holoscope.modeling.columns import table_key
from holoscope.modeling.model import Model
from holoscope.modeling.types import Catalog
from holoscope.modeling.views import View
from holoscope.query.scope import Scope

_KEPT = 64
_ASKERS = "askers"


def model_for(model: Model, scope: Scope) -> Model:
    """Return the model with every virtual schema replaced by the asker's own.

    What another attribute gives has a memory of its own. A schema whose attribute does not say
    exactly one name stays virtual: its tables cannot be read.
    """
    if not model.dynamic_schemas:
        return model
    chosen = {name: _chosen(rule.user_attribute, scope) for name, rule in model.dynamic_schemas.items()}
    askers: dict[object, Model] = model.derived.setdefault(_ASKERS, {})
    key = tuple(chosen.values())
    known = askers.get(key)
    if known is None:
        views = _placed(model.views, chosen)
        topics = {
            name: replace(topic, views=_placed(topic.views, chosen)) if topic.views else topic
            for name, topic in model.topics.items()
        }
        known = replace(
            model,
            views=views,
            topics=MappingProxyType(topics),
            catalog=_with_tables(model, views),
            derived={},
        )
        while len(askers) >= _KEPT:
            askers.pop(next(iter(askers)), None)
        askers[key] = known
    return known


def require_schema(view: View, model: Model) -> None:
    """Refuse the table of a virtual schema that is nobody's.

    Raises:
        Forbidden: the asker's attribute is not set, or has several values.
    """
    if view.dynamic_schema is None:
        return
    rule = model.dynamic_schemas.get(view.dynamic_schema)
    attribute = rule.user_attribute if rule is not None else view.dynamic_schema
    raise Forbidden(
        f'The tables of "{view.dynamic_schema}" are chosen by the user attribute "{attribute}", which does '
        "not have exactly one value for you. Ask an administrator to set it."
    )


def _chosen(attribute: str, scope: Scope) -> str | None:
    values = scope.attributes.get(attribute, ())
    return values[0] if len(values) == 1 and values[0].strip() else None


def _placed(views: Mapping[str, View], chosen: Mapping[str, str | None]) -> Mapping[str, View]:
    def place(view: View) -> View:
        schema = chosen.get(view.dynamic_schema) if view.dynamic_schema is not None else None
        return view if schema is None else replace(view, schema=schema, dynamic_schema=None)

    return MappingProxyType({name: place(view) for name, view in views.items()})


def _with_tables(model: Model, views: Mapping[str, View]) -> Catalog:
    """Let a table that the catalog does not know have the columns of the one that it stands for."""
    catalog = model.catalog
    more = {
        key: known
        for name, view in views.items()
        if (key := table_key(view, catalog)) not in catalog.tables
        and (known := catalog.tables.get(table_key(model.views[name], catalog))) is not None
    }
    return replace(catalog, tables=MappingProxyType({**catalog.tables, **more})) if more else catalog
