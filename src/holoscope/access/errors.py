"""Refusals of this room, in the words clients know (API digest §1.3, §1.7)."""

from __future__ import annotations

from collections.abc import Sequence

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
    """The key is sound, but the member it acts as was deactivated or may not hold such a key any more."""

    code = "owner_lost_keys"

    def __init__(self) -> None:
        super().__init__("User no longer has the required permissions to use this API key")


class WrongSignIn(HoloscopeError):
    """One verdict for an unknown e-mail, a wrong password, and a member who may not sign in this way."""

    code = "wrong_sign_in"
    status = 401

    def __init__(self) -> None:
        super().__init__("E-mail or password is wrong.")


class InvitationInvalid(NotFound):
    """One verdict for an invitation that is unknown, accepted, ended or expired."""

    code = "invitation_invalid"

    def __init__(self) -> None:
        super().__init__("This invitation is not valid any more. Ask for a new one.")


class NoSuchInvitation(NotFound):
    """Unknown, accepted, ended, or another organization's invitation."""

    def __init__(self, invitation_id: str) -> None:
        super().__init__(f"Invitation with id {invitation_id} does not exist")


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


class KeysNeedSession(Forbidden):
    """A key or a grant asked for another key."""

    code = "keys_need_session"

    def __init__(self) -> None:
        super().__init__("Keys are made by a person who signed in, not with another key.")


class KeyNotAllowed(Forbidden):
    """The member may not hold a key of that kind."""

    code = "key_not_allowed"

    def __init__(self) -> None:
        super().__init__(
            "You may not hold such a key: organization keys are for administrators; personal tokens need a "
            "role of Restricted Querier or more, and an organization that allows them."
        )


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


class LastAdministrator(Conflict):
    """Somebody must be able to administer the organization."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__("This is the last active administrator. Make somebody else an administrator first.")


class OnlyPeopleAdminister(BadRequest):
    """Administrators are standard users: embed, e-mail-only and support users are not made ones."""

    def __init__(self) -> None:
        super().__init__("Only standard users can be administrators of the organization.")


class AlreadyTaken(Conflict):
    """A name that must be unique is in use."""

    code = "already_taken"


class NameIsShared(Conflict):
    """The person is a member of several organizations, which all see one name."""

    code = "name_is_shared"

    def __init__(self) -> None:
        super().__init__("This user is a member of another organization too, so the name cannot be changed.")


class GroupInItself(BadRequest):
    """A group would hold itself, directly or through another one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Bad Request: members: Group {name} cannot hold itself, not through others either")


class NoSuchMembers(BadRequest):
    """Ids that are neither active members nor groups of the organization; five of them are named."""

    def __init__(self, ids: Sequence[str]) -> None:
        named = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        super().__init__(f"Bad Request: members: No active user or group has the id {named}")


class NoSuchGroup(NotFound):
    """Unknown, or another organization's."""

    def __init__(self, group_id: str) -> None:
        super().__init__(f"Group with id {group_id} does not exist")


class NoSuchAttribute(NotFound):
    """Unknown, another organization's, or a system attribute, which has no id."""

    def __init__(self, attribute_id: str) -> None:
        super().__init__(f"User attribute with id {attribute_id} does not exist")


class Unprocessable(HoloscopeError):
    """The request is well-formed, and what it names cannot go together."""

    code = "unprocessable"
    status = 422


class InvalidRole(Unprocessable):
    """No such role: neither a tier nor a custom role of the organization."""

    def __init__(self) -> None:
        super().__init__("Invalid role")


class NoSuchRole(NotFound):
    """No custom role has that id, or it is another organization's."""

    def __init__(self, role_id: str) -> None:
        super().__init__(f"Custom role with id {role_id} does not exist")


class RoleInUse(Conflict):
    """A custom role that somebody holds cannot go away: what they may do would be unclear."""

    code = "role_in_use"

    def __init__(self, name: str, holders: int) -> None:
        what = "assignment" if holders == 1 else "assignments"
        super().__init__(f'The role "{name}" is given by {holders} {what}: give another role there first.')


class GrantsTooMuch(Forbidden):
    """Nobody gives what he does not have."""

    def __init__(self, role_name: str) -> None:
        super().__init__(f"You cannot give the role {role_name}: it covers more than your own role there.")
