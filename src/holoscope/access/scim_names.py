"""Names of SCIM: URNs, and which attributes of the standard exist without being kept here."""

from __future__ import annotations

_CORE = "urn:ietf:params:scim:schemas:core:2.0:"
_MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"

USER_SCHEMA = _CORE + "User"
GROUP_SCHEMA = _CORE + "Group"
ENTERPRISE_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST_SCHEMA = _MESSAGES + "ListResponse"
ATTRIBUTES_URN = "urn:omni:params:1.0:UserAttribute"
EXTENSION_URN = "urn:omni:params:scim:schemas:extension:user:2.0"

USERS_PATH = "/api/scim/v2/Users"
EMBED_PATH = "/api/scim/v2/embed/Users"
GROUPS_PATH = "/api/scim/v2/Groups"

ATTRIBUTES_PREFIX = ATTRIBUTES_URN.lower()
EXTENSION_PREFIX = EXTENSION_URN.lower()
ENTERPRISE_PREFIX = ENTERPRISE_URN.lower()

NOT_KEPT = frozenset(
    {
        "addresses",
        "entitlements",
        "ims",
        "locale",
        "name",
        "nickname",
        "phonenumbers",
        "photos",
        "preferredlanguage",
        "profileurl",
        "roles",
        "timezone",
        "title",
        "usertype",
        "x509certificates",
    }
)
"""Attributes of the standard's User that are taken and not kept, in lower case."""

ENTERPRISE = ("employeenumber", "costcenter", "organization", "division", "department", "manager")


def short_name(path: str) -> str:
    """Return an attribute's name in lower case, without the URN when that is the standard's own.

    `urn:ietf:params:scim:schemas:core:2.0:User:userName` becomes `username`.
    """
    name = path.strip().lower()
    for schema in (USER_SCHEMA, GROUP_SCHEMA):
        own = schema.lower() + ":"
        if name.startswith(own):
            return name[len(own) :]
    return name
