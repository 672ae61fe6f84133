"""`holoscope roles`: custom roles, and who has which role where; also while the server runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from holoscope.cli.attributes import only_organization
from holoscope.cli.house import opened_keys
from holoscope.cli.members import delete_first, organization_ids
from holoscope.cli.options import DatabaseUrl, DataDir, option
from holoscope.cli.table import render_records
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from holoscope.access.roles import Holder
    from holoscope.access.roles_custom import CustomRole

roles_commands = typer.Typer(
    help="List roles, define and delete custom ones, give roles.", no_args_is_help=True
)

RoleName = Annotated[str, typer.Argument(help="A tier, such as QUERIER, or a custom role.")]


@roles_commands.command("list")
def list_command(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """List the tiers, the weakest first, then the custom roles by name."""
    from holoscope.access.roles import PERMISSIONS
    from holoscope.access.roles_custom import load_custom_roles

    rows = [(role.value, "tier", " ".join(sorted(held)) or "-") for role, held in PERMISSIONS.items()]
    with opened_keys(data_dir, database_url) as (database, _), database.reading() as connection:
        for organization_id in organization_ids(database):
            rows += [
                (role.name, role.base_role.value, " ".join(sorted(role.held.permissions)))
                for role in load_custom_roles(connection, organization_id)
            ]
    print(render_records(("name", "of", "allows"), rows))


@roles_commands.command("define")
def define_command(
    name: Annotated[str, typer.Argument(help="What the role is called.")],
    base: Annotated[str, option("base", "The tier it is made of.")],
    without: Annotated[list[str] | None, option("without", "A permission it lacks; may be repeated.")] = None,
    description: Annotated[str | None, option("description", "What it is for.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Define a custom role, or bring the one of that name to this definition."""
    from holoscope.access.roles_custom import put_custom_role

    with opened_keys(data_dir, database_url) as (database, _):
        organization_id = only_organization(organization_ids(database))
        with database.writing() as connection:
            role = put_custom_role(
                connection,
                organization_id,
                name=name,
                description=description,
                base_role=base,
                denied=without or (),
                at=system_clock(),
            )
    print(f"{role.name} allows {' '.join(sorted(role.held.permissions))}.")


@roles_commands.command("delete")
def delete_command(
    name: Annotated[str, typer.Argument(help="The custom role's name.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Delete a custom role that nobody holds."""
    from holoscope.access.roles_custom import delete_custom_role

    with opened_keys(data_dir, database_url) as (database, _):
        found = delete_first(database, partial(_find, name=name), delete_custom_role)
    if found is None:
        raise NotFound(f"No custom role is called {name}. See `holoscope roles list`.")
    print(f"{found.name} is deleted.")


@roles_commands.command("give")
def give_command(
    role: RoleName,
    to: Annotated[str, option("to", "The e-mail of a member, or the name of a group.")],
    model: Annotated[str | None, option("model", "The id of a shared model.")] = None,
    connection: Annotated[str | None, option("connection", "The id of a connection.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Give a role on a model or a connection, in place of the one that was given there."""
    from holoscope.access.roles import assign_role
    from holoscope.access.roles_assigned import find_named
    from holoscope.access.roles_custom import find_role

    if (model is None) is (connection is None):
        raise BadRequest("Say either --model or --connection.")
    with opened_keys(data_dir, database_url) as (database, _), database.writing() as transaction:
        holder, organization_id = _holder(transaction, organization_ids(database), to)
        named = find_named(transaction, organization_id, model, connection)
        assert named is not None  # noqa: S101  (one of the two is said)
        named.require_roles()
        wanted = find_role(transaction, organization_id, role)
        assign_role(transaction, organization_id, holder, named.target, wanted)
    print(f"{to} has {wanted.name} there now.")


def _find(connection: Connection, organization_id: str, name: str) -> CustomRole | None:
    from holoscope.access.roles_custom import load_custom_roles

    for role in load_custom_roles(connection, organization_id):
        if role.name.casefold() == name.strip().casefold():
            return role
    return None


def _holder(connection: Connection, organizations: list[str], to: str) -> tuple[Holder, str]:
    """Find a member by e-mail or a group by name.

    Raises:
        NotFound: there is neither.
    """
    from holoscope.access.people import find_member_by_email
    from holoscope.access.people_groups import find_group_by_name
    from holoscope.access.roles import Holder

    for organization_id in organizations:
        member = find_member_by_email(connection, organization_id, to)
        if member is not None:
            return Holder(membership_id=member.membership_id), organization_id
        group = find_group_by_name(connection, organization_id, to)
        if group is not None:
            return Holder(group_id=group.id), organization_id
    raise NotFound(f"Neither an active member nor a group is called {to}.")
