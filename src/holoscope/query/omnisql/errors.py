"""What a reference may be wrong about; clients look for these words (query digest §1.4, §4.8)."""

from __future__ import annotations

from holoscope.kit.errors import InvalidQuery


class CannotSubstitute(InvalidQuery):
    """A `${...}` in hand-written SQL names nothing that this asker can see."""

    code = "cannot_substitute_sql"

    def __init__(self, why: str) -> None:
        super().__init__(f"Could not substitute Omni SQL: {why}")


def no_such_view(name: str) -> CannotSubstitute:
    return CannotSubstitute(f'No such view "{name}"')


def no_such_field(name: str) -> CannotSubstitute:
    return CannotSubstitute(f'Field "{name}" not found: No such field "{name}"')
