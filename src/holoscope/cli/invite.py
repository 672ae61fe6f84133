"""`holoscope users invite`: links for people who shall become members, also while the server runs."""

from __future__ import annotations

import os
from typing import Annotated
from urllib.parse import urlencode

import typer

from holoscope.access.actors import OrgRole
from holoscope.cli.house import opened_invitations
from holoscope.cli.members import organization_ids
from holoscope.cli.options import BasePath, DatabaseUrl, DataDir, PublicUrl, option
from holoscope.cli.server import published_url
from holoscope.kit.errors import NotFound
from holoscope.settings import load_settings


def invite_command(
    emails: Annotated[str, typer.Argument(help="E-mail addresses, separated by commas.")],
    admin: Annotated[bool, option("admin", "Let them administer the organization.")] = False,
    public_url: PublicUrl = None,
    base_path: BasePath = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Invite people and print a link for each, which is shown this once and works once, for seven days."""
    from holoscope.access.invitations import LINK_PATH, addresses

    given = {
        "public_url": public_url,
        "base_path": base_path,
        "data_dir": data_dir,
        "database_url": database_url,
    }
    base = published_url(load_settings(given, os.environ))
    role = OrgRole.ADMIN if admin else OrgRole.MEMBER
    with opened_invitations(data_dir, database_url) as (database, invitations):
        known = organization_ids(database)
        if not known:
            raise NotFound("There is no organization yet. Run `holoscope init` or `holoscope demo` first.")
        made = invitations.invite(known[0], addresses(emails), role, (), None)
    for each in made:
        print(f"{each.invitation.email}  {base}{LINK_PATH}?{urlencode({'token': each.text.reveal()})}")
