"""`holoscope keys`: make, list and revoke API keys in a data folder, also while its server runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from holoscope.access.actors import CredentialKind, KeyKind
from holoscope.cli.house import opened_keys
from holoscope.cli.members import load_member, organization_ids
from holoscope.cli.options import DatabaseUrl, DataDir, option
from holoscope.cli.table import render_records
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest, NotFound

keys_commands = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


class Kind(StrEnum):
    """What a key may stand for when an operator makes it."""

    ORGANIZATION = "organization"
    USER = "user"


@keys_commands.command("create")
def create_command(
    member: Annotated[
        str | None, option("member", "E-mail of the member the key acts as. Without it: the first admin.")
    ] = None,
    name: Annotated[str, option("name", "The key's name, for people.")] = "Made on the command line",
    kind: Annotated[Kind, option("kind", "organization, or user for a personal token.")] = Kind.ORGANIZATION,
    key_limit: Annotated[
        int | None,
        option("key_limit", "Its own requests per minute; 0 = no limit; without it, the server's.", least=0),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a key and print its text, which is shown this once and kept nowhere."""
    with opened_keys(data_dir, database_url) as (database, keys):
        owner = load_member(database, member)
        if not keys.allows(owner.acting("", CredentialKind.USER), KeyKind(kind.value)):
            raise BadRequest(
                f"{owner.email} may not hold such a key: organization keys are for administrators; personal "
                "tokens need a role of Restricted Querier or more, and an organization that allows them."
            )
        issued = keys.issue(
            owner.organization_id,
            owner.membership_id,
            name=name,
            kind=KeyKind(kind.value),
            rate_limit=key_limit,
        )
    print(issued.text.reveal())


@keys_commands.command("list")
def list_command(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """List the keys that are not revoked. Their texts are not kept, only how they begin."""
    heads = ("id", "begins", "kind", "name", "enabled", "requests per minute", "made", "last used")
    rows = []
    with opened_keys(data_dir, database_url) as (database, keys):
        for organization_id in organization_ids(database):
            after = None
            while True:
                page = keys.page(organization_id, after_id=after)
                rows += [
                    (
                        key.id,
                        key.public_prefix,
                        key.kind.value,
                        key.name,
                        "yes" if key.enabled else "no",
                        "server's" if key.rate_limit is None else key.rate_limit or "no limit",
                        wire_time(key.created_at),
                        "never" if key.last_used_at is None else wire_time(key.last_used_at),
                    )
                    for key in page.records
                ]
                after = page.next_cursor
                if after is None:
                    break
    print(render_records(heads, rows))


@keys_commands.command("revoke")
def revoke_command(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `holoscope keys list` shows it.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Revoke a key for good. A running server refuses it within a second."""
    with opened_keys(data_dir, database_url) as (database, keys):
        for organization_id in organization_ids(database):
            try:
                keys.revoke(organization_id, key_id)
            except NotFound:
                continue
            print(f"Key {key_id} is revoked.")
            return
    raise NotFound(f"No key with id {key_id}. See `holoscope keys list`.")
