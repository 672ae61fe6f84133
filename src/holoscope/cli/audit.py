"""`holoscope audit`: the audit log of a data folder as lines of JSON, also while its server runs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any

import typer

from holoscope.cli.house import opened_keys
from holoscope.cli.members import organization_ids
from holoscope.cli.options import DatabaseUrl, DataDir, option
from holoscope.kit.clock import system_clock

audit_commands = typer.Typer(help="Read the audit log.", no_args_is_help=True)

Since = Annotated[str | None, option("since", "The first instant, as 2026-01-31T09:00:00Z.")]
Until = Annotated[str | None, option("until", "The instant after the last; without it: now.")]
Actions = Annotated[str | None, option("action", "One action, or several separated by commas.")]


@audit_commands.command("list")
def list_command(
    since: Since = None,
    until: Until = None,
    action: Actions = None,
    most: Annotated[int, option("most", "So many of them.", least=1)] = 50,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print the newest events, one JSON object per line, the newest first."""
    _print(data_dir, database_url, (since, until, action), most=most)


@audit_commands.command("export")
def export_command(
    since: Since = None,
    until: Until = None,
    action: Actions = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print all events, one JSON object per line, the oldest first."""
    _print(data_dir, database_url, (since, until, action))


def _print(
    data_dir: DataDir,
    database_url: DatabaseUrl,
    said: tuple[str | None, str | None, str | None],
    *,
    most: int | None = None,
) -> None:
    """Print events of each organization in turn; with `most`, so many of the newest of each."""
    from holoscope.access.audit.reading import Wanted, read_actions, read_instant, stream_events

    since, until, action = said
    wanted = Wanted(
        actions=read_actions(action),
        since=read_instant("since", since),
        until=read_instant("until", until),
    )
    wanted = replace(wanted, until=wanted.until or system_clock())
    with opened_keys(data_dir, database_url) as (database, _):
        for organization_id in organization_ids(database):
            left = most
            for events in stream_events(database, organization_id, wanted, newest_first=most is not None):
                _print_lines(events if left is None else events[:left])
                if left is not None:
                    left -= min(left, len(events))
                    if not left:
                        break


def _print_lines(events: list[dict[str, Any]]) -> None:
    for event in events:
        print(json.dumps(event, ensure_ascii=False))
