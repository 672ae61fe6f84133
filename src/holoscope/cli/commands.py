"""The list of commands, and the one place where a failure becomes a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from holoscope.cli.attributes import attributes_commands
from holoscope.cli.audit import audit_commands
from holoscope.cli.compile import compile_command
from holoscope.cli.database import upgrade_command
from holoscope.cli.demo import demo_command
from holoscope.cli.exits import Exit, exit_of
from holoscope.cli.fmt import fmt_command
from holoscope.cli.init import init_command
from holoscope.cli.keys import keys_commands
from holoscope.cli.query import query_command
from holoscope.cli.roles import roles_commands
from holoscope.cli.serve import serve_command
from holoscope.cli.users import users_commands
from holoscope.cli.validate import validate_command
from holoscope.cli.version import print_version
from holoscope.client import ClientError
from holoscope.kit.errors import HoloscopeError
from holoscope.settings import check_variables

commands = typer.Typer(
    name="holoscope",
    help="A self-hosted server for the Omni API: YAML models in, correct SQL on your warehouse, Arrow out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
database_commands = typer.Typer(help="Care for the metadata database.", no_args_is_help=True)
database_commands.command("upgrade")(upgrade_command)

commands.command("demo")(demo_command)
commands.command("init")(init_command)
commands.command("serve")(serve_command)
commands.command("query")(query_command)
commands.command("compile")(compile_command)
commands.command("fmt")(fmt_command)
commands.command("validate")(validate_command)
commands.add_typer(keys_commands, name="keys")
commands.add_typer(audit_commands, name="audit")
commands.add_typer(users_commands, name="users")
commands.add_typer(attributes_commands, name="attributes")
commands.add_typer(roles_commands, name="roles")
commands.add_typer(database_commands, name="db")


@commands.callback()
def _before_any_command(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    check_variables(os.environ)


def run() -> NoReturn:
    """Run the command line; a mistake of the operator is a sentence on stderr, never a traceback."""
    try:
        commands(standalone_mode=True)
    except (HoloscopeError, ClientError) as error:
        _fail(error.detail, exit_of(error))
    except BrokenPipeError:
        # Whoever read our output left, as `head` does. Python would complain again when it flushes.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(Exit.FAILED) from None
    raise SystemExit(Exit.OK)


def _fail(sentence: str, code: Exit) -> NoReturn:
    print(f"holoscope: {sentence}", file=sys.stderr)
    raise SystemExit(code)
