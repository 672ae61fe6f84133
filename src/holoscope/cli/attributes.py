"""`holoscope attributes`: what can be set on members, for row rules; also while the server runs."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from holoscope.cli.house import opened_keys
from holoscope.cli.members import delete_first, organization_ids
from holoscope.cli.options import DatabaseUrl, DataDir, option
from holoscope.cli.table import render_records
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.kit.text import title

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from holoscope.access.attributes import AttributeDefinition

attributes_commands = typer.Typer(help="List, define and delete user attributes.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The attribute's name, as models refer to it.")]


class Type(StrEnum):
    """What values of an attribute are."""

    STRING = "String"
    NUMBER = "Number"


@attributes_commands.command("list")
def list_command(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """List the attributes that are defined; the system's own are always there and not listed."""
    from holoscope.access.attributes import load_definitions

    rows = []
    with opened_keys(data_dir, database_url) as (database, _), database.reading() as connection:
        for organization_id in organization_ids(database):
            rows += [
                (
                    item.reference,
                    item.label,
                    item.type.value,
                    "several" if item.multiple_values else "one",
                    ", ".join(item.default or ()) or "none",
                    item.description or "",
                )
                for item in load_definitions(connection, organization_id)
            ]
    print(render_records(("name", "label", "type", "values", "default", "description"), rows))


@attributes_commands.command("define")
def define_command(
    name: Name,
    label: Annotated[str | None, option("label", "For people; without it, the name in words.")] = None,
    value_type: Annotated[Type, option("value_type", "String, or Number.")] = Type.STRING,
    several: Annotated[bool, option("several", "Members may have several values.")] = False,
    default: Annotated[
        list[str] | None, option("default", "The value of members who have none; repeat it for several.")
    ] = None,
    description: Annotated[str | None, option("description", "What it is for.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Define an attribute, or bring the one of that name to this definition."""
    from holoscope.access.attribute_definitions import define_attribute
    from holoscope.access.attributes import AttributeDefinition, AttributeType

    wanted = AttributeDefinition(
        id="",
        reference=name,
        label=label or title(name),
        type=AttributeType(value_type.value),
        multiple_values=several,
        default=tuple(default) if default else None,
        description=description,
    )
    with opened_keys(data_dir, database_url) as (database, _):
        organization_id = only_organization(organization_ids(database))
        with database.writing() as connection:
            define_attribute(connection, organization_id, wanted, system_clock())
    print(f"{name} is defined. Set it with `holoscope users set-attribute EMAIL {name} VALUE`.")


@attributes_commands.command("delete")
def delete_command(name: Name, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Delete an attribute and everybody's value. Rules that compare with it fail from then on."""
    from holoscope.access.attribute_definitions import delete_attribute

    with opened_keys(data_dir, database_url) as (database, _):
        found = delete_first(database, partial(_find, name=name), delete_attribute)
    if found is None:
        raise NotFound(f"No attribute is called {name}. See `holoscope attributes list`.")
    print(f"{name} is deleted.")


def only_organization(ids: list[str]) -> str:
    """Return the organization of a server that has one, as servers of one's own do.

    Raises:
        BadRequest: there is none yet, or several: the API knows whose key asks.
    """
    if len(ids) == 1:
        return ids[0]
    if not ids:
        raise BadRequest("There is no organization yet. Begin with `holoscope init` or `holoscope demo`.")
    raise BadRequest("This server has several organizations: use the API with a key of the one meant.")


def _find(connection: Connection, organization_id: str, name: str) -> AttributeDefinition | None:
    from holoscope.access.attributes import load_definitions

    for item in load_definitions(connection, organization_id):
        if item.reference == name:
            return item
    return None
