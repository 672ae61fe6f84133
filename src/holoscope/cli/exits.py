"""Exit codes. They are part of the command line's contract: docs/reference/command-line.md."""

from __future__ import annotations

from enum import IntEnum

from holoscope.cli.files import DataFolderBusy
from holoscope.cli.house import CannotStart
from holoscope.cli.server import PortUnavailable
from holoscope.client import CannotConnect, ClientError, ConnectionLost, NotConfigured
from holoscope.kit.errors import HoloscopeError
from holoscope.settings import InvalidSettings


class Exit(IntEnum):
    """What the exit code of a command says."""

    OK = 0
    FAILED = 1
    USAGE = 2
    IN_USE = 3
    UNREACHABLE = 4


def exit_of(error: HoloscopeError | ClientError) -> Exit:
    """Return the exit code for a failure that has a sentence."""
    match error:
        case InvalidSettings() | NotConfigured() | CannotStart():
            return Exit.USAGE
        case DataFolderBusy() | PortUnavailable():
            return Exit.IN_USE
        case CannotConnect() | ConnectionLost():
            return Exit.UNREACHABLE
        case _:
            return Exit.FAILED
