"""What `holoscope init` makes of somebody's database: organization, connection, models, a first query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from holoscope.access.bootstrap import create_organization
from holoscope.access.passwords import new_password
from holoscope.cli.demo_file import DemoFile
from holoscope.kit.secrets import SecretText
from holoscope.modeling.model import Model
from holoscope.modeling.types import DataType
from holoscope.modeling.views import View
from holoscope.modelstore.connections import WantedConnection, ensure_connection

if TYPE_CHECKING:
    from holoscope.app import House

ORGANIZATION = "Home"
ADMIN_EMAIL = "admin@holoscope.example"
ADMIN_NAME = "Admin"
_TELLING_APART = frozenset({"comment", "description", "email", "id", "name", "note", "phone", "title", "url"})
"""Texts that are mostly different in each row, so that counting by them shows little."""


@dataclass(frozen=True, slots=True)
class InitWorld:
    """What `init.json` tells of it, and what there is to ask."""

    api_key: SecretText
    model_id: str
    admin_email: str
    admin_password: SecretText
    views: int
    query: dict[str, Any]


def prepare_world(house: House, wanted: WantedConnection, former: DemoFile | None) -> InitWorld:
    """Make or find the organization, the connection and its models.

    The schema model is generated, or refreshed if it is there; a shared model that is there stays
    as it is. `former` is what an earlier run left: its key and password stay valid if they still are. A
    password that somebody changed since is theirs alone: it stays, and is not known here any more.

    Raises:
        WarehouseError: the database cannot be opened.
    """
    known = former.admin_password if former else ""
    founded = create_organization(
        house.database,
        house.keys,
        house.clock,
        name=ORGANIZATION,
        admin_email=ADMIN_EMAIL,
        admin_name=ADMIN_NAME,
        admin_password=SecretText(known) if known else new_password(),
        known_key=SecretText(former.api_key) if former else None,
        keeps_password=former is not None,
    )
    connection = ensure_connection(house.database, house.clock, founded.organization.id, wanted, house.sealer)
    house.refresher.ensure(connection.id)
    shared = house.models.find_shared_model(connection.id, wanted.name)
    if shared is None:
        shared = house.models.create_shared_model(connection.id, wanted.name, {})
    model = house.compiler.load(shared.id)
    return InitWorld(
        api_key=founded.key,
        model_id=shared.id,
        admin_email=founded.admin.email,
        admin_password=founded.password or SecretText(""),
        views=sum(view.alias_of is None for view in model.views.values()),
        query={"modelId": shared.id, **first_query(model)},
    )


def first_query(model: Model) -> dict[str, Any]:
    """Ask the largest table that can be counted by a text of its own, or else just counted."""
    catalog = model.catalog

    def size(view: View) -> int:
        place = f"{view.schema or catalog.default_schema}.{view.table_name}".lower()
        return catalog.row_counts.get(place, 0)

    views = [view for view in model.views.values() if view.alias_of is None and "count" in view.measures]
    views.sort(key=lambda view: (-size(view), view.name))
    for view in views:
        place = f"{view.schema or catalog.default_schema}.{view.table_name}".lower()
        columns = catalog.tables.get(place, {})
        for name, dimension in view.dimensions.items():
            column = columns.get((dimension.sql or name).strip('"').lower())
            if column is not None and column.data_type is DataType.STRING and name not in _TELLING_APART:
                return _counted(view, f"{view.name}.{name}")
    return _counted(views[0]) if views else _counted(next(iter(model.views.values())))


def _counted(view: View, by: str | None = None) -> dict[str, Any]:
    count = f"{view.name}.count"
    query: dict[str, Any] = {"table": view.name, "fields": [count] if by is None else [by, count]}
    if by is not None:
        query["sorts"] = [{"column_name": count, "sort_descending": True}]
    return {**query, "limit": 5}
