"""`holoscope users`: who is a member, who administers, what is set on them; also while the server runs."""

from __future__ import annotations

from typing import Annotated

import typer

from holoscope.access.actors import OrgRole
from holoscope.cli.house import opened_keys
from holoscope.cli.invite import invite_command
from holoscope.cli.members import load_member, organization_ids
from holoscope.cli.options import DatabaseUrl, DataDir
from holoscope.cli.table import render_records
from holoscope.kit.clock import system_clock, wire_time

users_commands = typer.Typer(
    help="Invite and list members, change who administers, end memberships.", no_args_is_help=True
)

users_commands.command("invite")(invite_command)

Email = Annotated[str, typer.Argument(help="The member's e-mail address.")]


@users_commands.command("list")
def list_command(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """List the active members of every organization, the oldest first."""
    from holoscope.access.people import load_members

    rows = []
    with opened_keys(data_dir, database_url) as (database, _), database.reading() as connection:
        for organization_id in organization_ids(database):
            rows += [
                (
                    member.membership_id,
                    member.email,
                    member.name,
                    member.kind.value,
                    member.role.value,
                    wire_time(member.created_at),
                )
                for member in load_members(connection, organization_id)
            ]
    print(render_records(("id", "email", "name", "kind", "role", "member since"), rows))


@users_commands.command("promote")
def promote_command(email: Email, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Make a member an administrator of the organization."""
    _change_role(email, OrgRole.ADMIN, data_dir, database_url)


@users_commands.command("demote")
def demote_command(email: Email, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Make an administrator an ordinary member. The last administrator stays one."""
    _change_role(email, OrgRole.MEMBER, data_dir, database_url)


@users_commands.command("deactivate")
def deactivate_command(email: Email, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """End a membership for good, with its keys and sessions. The last administrator stays."""
    from holoscope.access.people import deactivate_member

    with opened_keys(data_dir, database_url) as (database, _):
        member = load_member(database, email)
        with database.writing() as connection:
            deactivate_member(connection, member.organization_id, member.membership_id, system_clock())
    print(f"{member.email} is no member any more.")


@users_commands.command("set-attribute")
def set_attribute_command(
    email: Email,
    name: Annotated[str, typer.Argument(help="The attribute's reference name.")],
    values: Annotated[list[str] | None, typer.Argument(help="Its values; none unsets it.")] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Set a user attribute of a member, in place of what was set."""
    from holoscope.access.people_attributes import set_values

    with opened_keys(data_dir, database_url) as (database, _):
        member = load_member(database, email)
        with database.writing() as connection:
            set_values(
                connection, member.organization_id, member.membership_id, {name: values or []}, system_clock()
            )
    print(f"{name} of {member.email} is {', '.join(values) if values else 'not set'}.")


def _change_role(email: str, role: OrgRole, data_dir: DataDir, database_url: DatabaseUrl) -> None:
    from holoscope.access.people_admins import set_org_role

    with opened_keys(data_dir, database_url) as (database, _):
        member = load_member(database, email)
        with database.writing() as connection:
            set_org_role(connection, member.organization_id, member.membership_id, role, system_clock())
    print(f"{member.email} is {'an administrator' if role is OrgRole.ADMIN else 'an ordinary member'}.")
