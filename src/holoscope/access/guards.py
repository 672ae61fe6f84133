"""Checks of who an actor is; what he may do with a model is a matter of roles."""

from __future__ import annotations

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied


def require_admin(actor: Actor) -> None:
    """Let administrators of an organization pass.

    Raises:
        PermissionDenied: anybody else.
    """
    if not actor.is_admin:
        raise PermissionDenied
