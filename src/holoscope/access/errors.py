"""Refusals of this room, in the words clients know (API digest §1.3, §1.7)."""

from __future__ import annotations

from holoscope.kit.errors import BadRequest, Conflict, Forbidden, HoloscopeError, NotFound


class CredentialRefused(HoloscopeError):
    """The credential proves nothing. Answered in the authentication layer's own envelope."""

    code = "credential_refused"
    status = 403


class BadAuthorizationHeader(CredentialRefused):
    """There is no header, or it is not `Bearer <token>`."""

    code = "bad_authorization_header"
    status = 400

    def __init__(self) -> None:
        super().__init__("Bad authorization header, must be formatted as Bearer <token>")


class InvalidToken(CredentialRefused):
    """One verdict for a malformed, unknown, revoked and disabled key: which it was is nobody's business."""

    code = "invalid_token"

    def __init__(self) -> None:
        super().__init__("Invalid bearer token")


class OwnerLostKeys(CredentialRefused):
    """The key is sound, but the member it acts as is no longer an active one."""

    code = "owner_lost_keys"

    def __init__(self) -> None:
        super().__init__("User no longer has the required permissions to use this API key")


class SessionEnded(CredentialRefused):
    """One verdict for an unknown, revoked, expired and abandoned session."""

    code = "session_ended"
    status = 401

    def __init__(self) -> None:
        super().__init__("The session has ended. Sign in again.")


class NoSuchSession(NotFound):
    """Unknown, already revoked, or somebody else's session: one answer for all three."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Session with id {session_id} does not exist")


class NoSuchUser(NotFound):
    """No active member of this organization has that membership id."""

    def __init__(self, membership_id: str) -> None:
        super().__init__(f"User with id {membership_id} does not exist")


class OnlyOneself(Forbidden):
    """A personal key asked to act as somebody else."""

    def __init__(self) -> None:
        super().__init__("User-scoped API keys can only be used to act on behalf of the authenticated user.")


class ScimNeedsOrganizationKey(Forbidden):
    """A personal key asked for the directory."""

    def __init__(self) -> None:
        super().__init__("User-scoped API keys are not allowed to access the SCIM API.")


class PermissionDenied(Forbidden):
    """The actor's role does not cover the action."""

    def __init__(self) -> None:
        super().__init__("Permission denied")


class NoSuchKey(NotFound):
    """Unknown, already revoked, or another organization's key: one answer for all three."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"API token with id {key_id} does not exist")


class NotAnOrganizationKey(BadRequest):
    """Only organization keys can be switched off and on; the other kinds can be revoked."""

    def __init__(self) -> None:
        super().__init__("Bad Request: enabled: Only organization API keys can be enabled or disabled")


class BadScimFilter(BadRequest):
    """The SCIM filter is not one of the supported forms."""

    code = "bad_scim_filter"

    def __init__(self, known: str) -> None:
        super().__init__(
            f'Bad Request: filter: Invalid filter. Expected <attribute> eq|co "<value>", attribute {known}'
        )


class AlreadyTaken(Conflict):
    """A name that must be unique is in use."""

    code = "already_taken"
