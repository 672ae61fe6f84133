"""What SCIM clients may ask about the server: its abilities, kinds of resources, and their attributes.

Source: RFC 7643 §5 to §7. Attributes that are taken and not kept are not described.
"""

from __future__ import annotations

from typing import Any

from holoscope.access.actors import Actor
from holoscope.access.attributes import AttributeDefinition, AttributeType, load_definitions
from holoscope.access.scim_access import require_directory
from holoscope.access.scim_listing import MOST_COUNT, Asked, Resource, list_response
from holoscope.access.scim_names import ATTRIBUTES_URN, EXTENSION_URN, GROUP_SCHEMA, USER_SCHEMA
from holoscope.kit.errors import NotFound
from holoscope.storage.unit_of_work import Database

_CORE = "urn:ietf:params:scim:schemas:core:2.0:"
_HOME = "/api/scim/v2"
SCHEMA_SCHEMA = _CORE + "Schema"
TYPE_SCHEMA = _CORE + "ResourceType"
CONFIG_SCHEMA = _CORE + "ServiceProviderConfig"


class NoSuchDescription(NotFound):
    """There is no schema or kind of resource with that id."""

    def __init__(self, kind: str, id_: str) -> None:
        super().__init__(f"{kind} {id_[:200]} does not exist")


def service_provider_config(actor: Actor) -> Resource:
    """Say what is supported.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
    """
    require_directory(actor)
    return {
        "schemas": [CONFIG_SCHEMA],
        "documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_COUNT},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": False},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Organization key",
                "description": "An organization key of an administrator, as a bearer token",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{_HOME}/ServiceProviderConfig"},
    }


def list_resource_types(actor: Actor) -> Resource:
    """List the kinds of resources that are made and changed here.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
    """
    require_directory(actor)
    return list_response(Asked(), 2, _TYPES)


def find_resource_type(actor: Actor, id_: str) -> Resource:
    """Return one kind of resource.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchDescription: there is no such kind.
    """
    require_directory(actor)
    for each in _TYPES:
        if each["id"] == id_:
            return each
    raise NoSuchDescription("Resource type", id_)


def list_schemas(database: Database, actor: Actor) -> Resource:
    """List the schemas; user attributes are those of the organization.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
    """
    found = _schemas(database, actor)
    return list_response(Asked(), len(found), found)


def find_schema(database: Database, actor: Actor, id_: str) -> Resource:
    """Return one schema, by URN in any letter case.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchDescription: there is no such schema.
    """
    for each in _schemas(database, actor):
        if each["id"].lower() == id_.lower():
            return each
    raise NoSuchDescription("Schema", id_)


def _schemas(database: Database, actor: Actor) -> list[Resource]:
    require_directory(actor)
    with database.reading() as connection:
        definitions = load_definitions(connection, actor.organization_id)
    own = _schema(
        ATTRIBUTES_URN,
        "UserAttribute",
        "The organization's user attributes",
        [_own_attribute(definition) for definition in definitions],
    )
    return [_USER, _GROUP, own, _LOGIN, _SCHEMA, _TYPE, _CONFIG]


def _attribute(name: str, type_: str = "string", description: str = "", **more: object) -> dict[str, Any]:
    """Describe an attribute: single, optional, read-write and without letter case unless said otherwise."""
    described: dict[str, Any] = {
        "name": name,
        "type": type_,
        "multiValued": False,
        "description": description or name,
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
        **more,
    }
    if type_ in ("string", "reference", "binary"):
        described.setdefault("caseExact", False)
    if type_ not in ("boolean", "complex"):
        described.setdefault("uniqueness", "none")
    return described


def _read_only(name: str, type_: str = "string", description: str = "", **more: object) -> dict[str, Any]:
    return _attribute(name, type_, description, mutability="readOnly", **more)


def _own_attribute(definition: AttributeDefinition) -> dict[str, Any]:
    type_ = "decimal" if definition.type is AttributeType.NUMBER else "string"
    more: dict[str, Any] = {"caseExact": True} if type_ == "string" else {}
    return _attribute(
        definition.reference, type_, definition.label, multiValued=definition.multiple_values, **more
    )


def _schema(id_: str, name: str, description: str, attributes: list[dict[str, Any]]) -> Resource:
    return {
        "schemas": [SCHEMA_SCHEMA],
        "id": id_,
        "name": name,
        "description": description,
        "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": f"{_HOME}/Schemas/{id_}"},
    }


def _supported(name: str, *parts: dict[str, Any]) -> dict[str, Any]:
    supported = _read_only("supported", "boolean", required=True)
    return _read_only(name, "complex", required=True, subAttributes=[supported, *parts])


_USER = _schema(
    USER_SCHEMA,
    "User",
    "A member of the organization",
    [
        _attribute(
            "userName",
            description="The e-mail address; set once",
            required=True,
            mutability="immutable",
            uniqueness="server",
        ),
        _attribute("displayName", description="The name that is shown; without one, the e-mail address"),
        _attribute("active", "boolean", "False ends the membership for good"),
        _read_only(
            "emails",
            "complex",
            "The e-mail address again",
            multiValued=True,
            subAttributes=[_read_only("value"), _read_only("primary", "boolean")],
        ),
        _read_only(
            "groups",
            "complex",
            "The groups that hold the user directly",
            multiValued=True,
            subAttributes=[
                _read_only("value", caseExact=True),
                _read_only("$ref", "reference", referenceTypes=["Group"], caseExact=True),
                _read_only("display"),
            ],
        ),
    ],
)
_GROUP = _schema(
    GROUP_SCHEMA,
    "Group",
    "A named set of members and groups",
    [
        _attribute("displayName", description="At most 64 characters", required=True, uniqueness="server"),
        _attribute(
            "members",
            "complex",
            "Whom the group holds",
            multiValued=True,
            subAttributes=[
                _attribute("value", mutability="immutable", caseExact=True),
                _attribute(
                    "$ref",
                    "reference",
                    referenceTypes=["User", "Group"],
                    mutability="immutable",
                    caseExact=True,
                ),
                _attribute("type", mutability="immutable", canonicalValues=["User", "Group"]),
                _read_only("display"),
            ],
        ),
    ],
)
_LOGIN = _schema(
    EXTENSION_URN,
    "UserExtension",
    "What the server knows of a user",
    [_read_only("lastLogin", "dateTime", "When the user last signed in")],
)
_TYPES: list[Resource] = [
    {
        "schemas": [TYPE_SCHEMA],
        "id": "User",
        "name": "User",
        "description": "A member of the organization",
        "endpoint": "/Users",
        "schema": USER_SCHEMA,
        "schemaExtensions": [
            {"schema": ATTRIBUTES_URN, "required": False},
            {"schema": EXTENSION_URN, "required": False},
        ],
        "meta": {"resourceType": "ResourceType", "location": f"{_HOME}/ResourceTypes/User"},
    },
    {
        "schemas": [TYPE_SCHEMA],
        "id": "Group",
        "name": "Group",
        "description": "A named set of members and groups",
        "endpoint": "/Groups",
        "schema": GROUP_SCHEMA,
        "schemaExtensions": [],
        "meta": {"resourceType": "ResourceType", "location": f"{_HOME}/ResourceTypes/Group"},
    },
]
_TYPE = _schema(
    TYPE_SCHEMA,
    "ResourceType",
    "A kind of resource",
    [
        _read_only("name", required=True),
        _read_only("description"),
        _read_only("endpoint", "reference", referenceTypes=["uri"], required=True),
        _read_only("schema", "reference", referenceTypes=["uri"], required=True, caseExact=True),
        _read_only(
            "schemaExtensions",
            "complex",
            multiValued=True,
            subAttributes=[
                _read_only("schema", "reference", referenceTypes=["uri"], required=True, caseExact=True),
                _read_only("required", "boolean", required=True),
            ],
        ),
    ],
)
_CONFIG = _schema(
    CONFIG_SCHEMA,
    "ServiceProviderConfig",
    "What the server supports",
    [
        _read_only("documentationUri", "reference", referenceTypes=["external"]),
        _supported("patch"),
        _supported(
            "bulk",
            _read_only("maxOperations", "integer", required=True),
            _read_only("maxPayloadSize", "integer", required=True),
        ),
        _supported("filter", _read_only("maxResults", "integer", required=True)),
        _supported("changePassword"),
        _supported("sort"),
        _supported("etag"),
        _read_only(
            "authenticationSchemes",
            "complex",
            multiValued=True,
            required=True,
            subAttributes=[
                _read_only("type", required=True),
                _read_only("name", required=True),
                _read_only("description", required=True),
                _read_only("primary", "boolean"),
            ],
        ),
    ],
)


def _facts() -> list[dict[str, Any]]:
    """Describe what every attribute says about itself, but for its parts."""
    return [
        _read_only("name", required=True),
        _read_only("type", required=True),
        _read_only("multiValued", "boolean", required=True),
        _read_only("description"),
        _read_only("required", "boolean"),
        _read_only("canonicalValues", multiValued=True),
        _read_only("caseExact", "boolean"),
        _read_only("mutability"),
        _read_only("returned"),
        _read_only("uniqueness"),
        _read_only("referenceTypes", multiValued=True),
    ]


_SCHEMA = _schema(
    SCHEMA_SCHEMA,
    "Schema",
    "The attributes of a resource",
    [
        _read_only("name", required=True),
        _read_only("description"),
        _read_only(
            "attributes",
            "complex",
            multiValued=True,
            required=True,
            subAttributes=[
                *_facts(),
                _read_only("subAttributes", "complex", multiValued=True, subAttributes=_facts()),
            ],
        ),
    ],
)
