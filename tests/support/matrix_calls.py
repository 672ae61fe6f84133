"""One good request for every operation, on something it may change: what the matrix of access asks.

A call that is to be refused is aimed at what is there anyway; one that is to succeed makes its own object
first, so that nothing it does is in the way of the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from holoscope.access.actors import KeyKind
from holoscope.access.attribute_definitions import create_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.access.people_groups import ensure_group
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.access.roles_custom import CustomRole, create_custom_role
from holoscope.kit.clock import system_clock
from holoscope.kit.ids import new_id
from holoscope.modelstore.connections import WantedConnection, ensure_connection
from holoscope.modelstore.creation import WantedModel, add_model
from holoscope.modelstore.history import Authored
from holoscope.modelstore.model_rows import ModelKind
from holoscope.storage.tables import memberships
from support.cast import Cast
from support.house_model import FILES

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Call:
    """What fills an operation's path, query string and body."""

    path: dict[str, str] = field(default_factory=dict)
    json: object = None
    params: dict[str, str] | None = None
    settle: Callable[[Any], None] = lambda answer: None
    """Waits for what an accepted call has begun."""


Recipe = Callable[[Cast, bool], Call]


def _plain(**path: str) -> Recipe:
    return lambda cast, fresh: Call(path)


# --- models ------------------------------------------------------------------------------------


def _model(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.house.model_id
    store = cast.house.services.models
    return store.create_shared_model(cast.house.connection_id, cast.fresh("Model"), FILES).id


def _branch(cast: Cast, model_id: str, name: str) -> str:
    wanted = WantedModel(cast.house.connection_id, ModelKind.BRANCH, name, model_id)
    with cast.house.database.writing() as connection:
        return add_model(connection, wanted, Authored(system_clock())).id


def _on_model(json: object = None, params: dict[str, str] | None = None, /, **path: str) -> Recipe:
    """Aim at a model that may be changed."""
    return lambda cast, fresh: Call({"modelId": _model(cast, fresh), **path}, json, params)


def _look(**path: str) -> Recipe:
    """Aim at the model that is there: the call changes nothing."""
    return lambda cast, fresh: Call({"modelId": cast.house.model_id, **path})


def _create_model(cast: Cast, fresh: bool) -> Call:
    body = {"connectionId": cast.house.connection_id, "modelKind": "SHARED", "modelName": cast.fresh("Made")}
    return Call(json=body)


def _create_branch(cast: Cast, fresh: bool) -> Call:
    body = {
        "connectionId": cast.house.connection_id,
        "modelKind": "BRANCH",
        "modelName": cast.fresh("branch"),
        "baseModelId": cast.house.model_id,
    }
    return Call(json=body)


def _rename_branch(cast: Cast, fresh: bool) -> Call:
    return Call({"modelId": cast.standing("branch", _standing_branch)}, {"name": cast.fresh("renamed")})


def _standing_branch(cast: Cast) -> str:
    return _branch(cast, cast.house.model_id, "standing")


def _named_branch(cast: Cast, fresh: bool) -> Call:
    if not fresh:
        cast.standing("branch", _standing_branch)
        return Call({"modelId": cast.house.model_id, "branchName": "standing"})
    model_id, name = _model(cast, fresh), cast.fresh("branch")
    _branch(cast, model_id, name)
    return Call({"modelId": model_id, "branchName": name})


def _refresh(cast: Cast, fresh: bool) -> Call:
    def settle(answer: Any) -> None:
        job_id = answer.json()["jobId"]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            status = cast.request("organization", "GET", f"/api/v1/jobs/{job_id}/status").json()
            if status["status"] != "RUNNING":
                return
            time.sleep(0.05)
        raise AssertionError("the refresh does not end")

    return Call({"modelId": cast.house.model_id}, settle=settle)


def _job(cast: Cast, fresh: bool) -> Call:
    return Call({"jobId": cast.standing("job", _finished_job)})


def _finished_job(cast: Cast) -> str:
    answer = cast.request("organization", "POST", f"/api/v1/models/{cast.house.model_id}/refresh")
    _refresh(cast, False).settle(answer)
    job_id: str = answer.json()["jobId"]
    return job_id


# --- queries -----------------------------------------------------------------------------------


def _query(**query: object) -> Recipe:
    def recipe(cast: Cast, fresh: bool) -> Call:
        return Call(json={"query": {"modelId": cast.house.model_id, **query}, "resultType": "json"})

    return recipe


def _as(role: str) -> Recipe:
    def recipe(cast: Cast, fresh: bool) -> Call:
        return Call(json=_TOPIC(cast, fresh).json, params={"userId": cast.members[role]})

    return recipe


_TOPIC = _query(join_paths_from_topic_name="orders", table="orders", fields=["orders.count"])
_VIEW = _query(table="orders", fields=["orders.count"])
_SQL = _query(userEditedSQL="SELECT 1 AS one", rewriteSql=False)


# --- the organization --------------------------------------------------------------------------


def _key(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.standing("key", lambda it: _key(it, fresh=True))
    house = cast.house
    issued = house.services.keys.issue(
        house.organization_id, house.admin_id, name="made", kind=KeyKind.ORGANIZATION
    )
    return issued.key.id


def _on_key(json: object = None) -> Recipe:
    return lambda cast, fresh: Call({"id": _key(cast, fresh)}, json)


def _member(cast: Cast, fresh: bool) -> str:
    return cast.add_member(cast.fresh("made")) if fresh else cast.members["viewer"]


def _on_member(make_json: Callable[[Cast], object] = lambda cast: None) -> Recipe:
    return lambda cast, fresh: Call({"id": _member(cast, fresh)}, make_json(cast))


def _embedded(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.standing("embedded", lambda it: _embedded(it, fresh=True))
    id_ = cast.add_member(cast.fresh("embedded"))
    with cast.house.database.writing() as connection:
        values = {"kind": "embed", "embed_external_id": cast.fresh("outside"), "embed_entity": "tenant"}
        connection.execute(update(memberships).where(memberships.c.id == id_).values(**values))
    return id_


def _group(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.house.group_id
    with cast.house.database.writing() as connection:
        name = cast.fresh("Group")
        return ensure_group(connection, cast.house.organization_id, name, system_clock()).id


def _on_group(key: str, make_json: Callable[[Cast], object] = lambda cast: None) -> Recipe:
    return lambda cast, fresh: Call({key: _group(cast, fresh)}, make_json(cast))


def _role_on_connection(cast: Cast) -> object:
    return {"roleName": "VIEWER", "connectionId": cast.house.connection_id}


def _role_on_model(cast: Cast) -> object:
    return {"roleName": "VIEWER", "modelId": cast.house.model_id}


def _attribute(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.standing("attribute", lambda it: _attribute(it, fresh=True))
    with cast.house.database.writing() as connection:
        wanted = AttributeDefinition("", cast.fresh("made"), "Made", AttributeType.STRING, False)
        return create_attribute(connection, cast.house.organization_id, wanted, system_clock()).id


def _on_attribute(json: object = None) -> Recipe:
    return lambda cast, fresh: Call({"id": _attribute(cast, fresh)}, json)


def _second_connection(cast: Cast, fresh: bool) -> str:
    """Make a connection beside that of the house, which the Connection Admin administers too."""
    if not fresh:
        return cast.standing("connection", lambda it: _second_connection(it, fresh=True))
    wanted = WantedConnection(
        cast.fresh("Made"), "duckdb", None, "main", Role.NO_ACCESS, {"path": "shop.duckdb"}
    )
    house = cast.house
    made = ensure_connection(house.database, system_clock, house.organization_id, wanted)
    with house.database.writing() as connection:
        holder, place = Holder(cast.members["connection_admin"]), Target(connection_id=made.id)
        assign_role(connection, house.organization_id, holder, place, Role.CONNECTION_ADMIN)
    return made.id


def _create_connection(cast: Cast, fresh: bool) -> Call:
    said = {"dialect": "postgres", "host": "db.example.test", "database": "shop", "username": "reader"}
    return Call(json={"name": cast.fresh("Made"), "passwordUnencrypted": "a sealed one", **said})


def _environments(cast: Cast, fresh: bool) -> Call:
    ids = [_second_connection(cast, fresh)]
    return Call(json={"baseConnectionId": cast.house.connection_id, "environmentConnectionIds": ids})


def _environment(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.standing("environment", lambda it: _environment(it, fresh=True))
    body = _environments(cast, fresh=True).json
    made = cast.request("organization", "POST", "/api/v1/connection-environments", body).json()
    id_: str = made["connectionEnvironments"][0]["id"]
    return id_


def _environment_values(cast: Cast, fresh: bool) -> Call:
    return Call({"id": _environment(cast, fresh)}, {"userAttributeValues": [cast.fresh("value")]})


def _connection_change(cast: Cast, fresh: bool) -> Call:
    said = {"attributeName": "omni_user_id", "defaultValues": [cast.fresh("value")]}
    return Call({"id": cast.house.connection_id}, {"environmentUserAttribute": said})


def _custom_role(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.custom_role_id
    now = system_clock()
    wanted = CustomRole(new_id(), cast.fresh("Role"), None, Role.VIEWER, frozenset(), now, now)
    with cast.house.database.writing() as connection:
        return create_custom_role(connection, cast.house.organization_id, wanted).id


def _on_custom_role(json: object = None) -> Recipe:
    return lambda cast, fresh: Call({"id": _custom_role(cast, fresh)}, json)


def _session_of_somebody(cast: Cast, fresh: bool) -> Call:
    if not fresh:
        return Call({"id": cast.standing("session", lambda it: it.sign_in(it.house.admin_id)[0])})
    return Call({"id": cast.sign_in(cast.members["viewer"])[0]})


def _grant(cast: Cast, fresh: bool) -> Call:
    if not fresh:
        return Call({"id": cast.standing("grant", lambda it: it.client_grant("admin")[0])})
    return Call({"id": cast.client_grant("modeler")[0]})


def _invitation(cast: Cast, fresh: bool) -> str:
    if not fresh:
        return cast.standing("invitation", lambda it: _invitation(it, fresh=True))
    body = {"emails": f"{cast.fresh('guest')}@cast.example"}
    made = cast.request("organization", "POST", "/api/v1/invitations", body)
    id_: str = made.json()["records"][0]["id"]
    return id_


def _recipient(cast: Cast) -> dict[str, str]:
    return {"email": f"{cast.fresh('reader')}@cast.example"}


def _scim_user(cast: Cast) -> object:
    return {"userName": f"{cast.fresh('scim')}@cast.example", "displayName": "Made"}


def _same_user(cast: Cast, fresh: bool) -> Call:
    if not fresh:
        return Call({"id": cast.members["viewer"]}, {"userName": "viewer@cast.example", "displayName": "X"})
    name = cast.fresh("made")
    return Call({"id": cast.add_member(name)}, {"userName": f"{name}@cast.example", "displayName": "X"})


def _scim_patch(path: str, value: object) -> Callable[[Cast], object]:
    body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": path, "value": value}]}
    return lambda cast: body


def _scim_group(cast: Cast) -> object:
    return {"displayName": cast.fresh("Scim"), "members": []}


def _embed_secret(cast: Cast, fresh: bool) -> str:
    return _made_secret(cast) if fresh else cast.standing("secret", _made_secret)


def _made_secret(cast: Cast) -> str:
    answer = cast.request("organization", "POST", "/api/v1/embed/secrets", {"name": cast.fresh("Secret")})
    made: str = answer.json()["id"]
    return made


RECIPES: dict[str, Recipe] = {
    "openapiDocument": _plain(),
    "signInMethods": _plain(),
    "sessionCreate": lambda cast, fresh: Call(
        json={"email": f"{cast.fresh('nobody')}@cast.example", "password": "wrong"}
    ),
    "whoami": _plain(),
    # models
    "modelsList": _plain(),
    "modelsCreate": _create_model,
    "modelsCreate BRANCH": _create_branch,
    "modelsUpdate": lambda cast, fresh: Call({"modelId": _model(cast, fresh)}, {"name": cast.fresh("Named")}),
    "modelsUpdate BRANCH": _rename_branch,
    "modelsDelete": _on_model(),
    "modelsDeleteBranch": _named_branch,
    "modelsMergeBranch": _named_branch,
    "modelsCacheReset": _on_model(policyName="hourly"),
    "modelsRefresh": _refresh,
    "jobsGetStatus": _job,
    "modelsGetSchemas": _look(),
    "modelsValidate": _look(),
    "modelsListTopics": _look(),
    "modelsGetTopic": _look(topicName="orders"),
    "modelsGetViews": _look(),
    "modelsUpdateView": _on_model({"label": "Seen"}, viewName="people"),
    "modelsDeleteView": _on_model(viewName="slow"),
    "modelsUpdateTopic": _on_model({"label": "Seen"}, topicName="orders"),
    "modelsDeleteTopic": _on_model(topicName="hidden_orders"),
    "modelsCreateField": _on_model(
        {"viewName": "people", "fieldName": "made", "sql": "1", "aggregateType": "sum"}
    ),
    "modelsUpdateField": _on_model({"label": "Seen"}, viewName="people", fieldName="name"),
    "modelsDeleteField": _on_model(viewName="people", fieldName="name"),
    "modelsYamlGet": _look(),
    "modelsYamlCreate": _on_model({"fileName": "made.topic", "yaml": "base_view: orders\n"}),
    "modelsYamlDelete": _on_model(None, {"fileName": "hidden_orders.topic"}),
    "modelLanguageGet": _plain(),
    "modelFilesList": _look(),
    "modelDiffGet": lambda cast, fresh: Call(
        {"modelId": cast.house.model_id}, params={"branchId": cast.standing("branch", _standing_branch)}
    ),
    "modelDefinitionsList": _look(),
    "modelUsesList": lambda cast, fresh: Call(
        {"modelId": cast.house.model_id}, params={"name": "orders.amount"}
    ),
    "modelDiagnosticsList": _look(),
    # queries
    "queryRun": _TOPIC,
    "queryRun view": _VIEW,
    "queryRun sql": _SQL,
    "queryRun as administrator": _as("admin"),
    "queryRun as querier": _as("querier"),
    "queryRun as restricted querier": _as("query_topics"),
    "queryRun as viewer": _as("viewer"),
    "queryRun as no access": _as("no_access"),
    "queryRun as deactivated": _as("deactivated"),
    "queryFiltersParse": lambda cast, fresh: Call(json={"fieldType": "number", "text": ">30"}),
    "queryWait": lambda cast, fresh: Call(params={"jobIds": UNKNOWN}),
    "runningQueriesList": _plain(),
    "runningQueriesCancel": _plain(id=UNKNOWN),
    # keys, sessions, settings
    "rateLimitsGet": _plain(),
    "apiKeysList": _plain(),
    "apiKeysGet": _on_key(),
    "apiKeysCreate": lambda cast, fresh: Call(json={"name": "made", "type": "personal"}),
    "apiKeysCreate organization": lambda cast, fresh: Call(json={"name": "made", "type": "organization"}),
    "personalTokensList": _plain(),
    "oauthGrantsList": _plain(),
    "oauthGrantsList of others": lambda cast, fresh: Call(params={"all": "true"}),
    "oauthGrantsDelete": _grant,
    "apiKeysUpdate": _on_key({"enabled": False}),
    "apiKeysDelete": _on_key(),
    "auditEventsList": _plain(),
    "auditEventsExport": _plain(),
    "connectionsList": _plain(),
    "connectionsCreate": _create_connection,
    "connectionsUpdate": _connection_change,
    "connectionEnvironmentsList": _plain(),
    "connectionEnvironmentsCreate": _environments,
    "connectionEnvironmentsUpdate": _environment_values,
    "connectionEnvironmentsDelete": lambda cast, fresh: Call({"id": _environment(cast, fresh)}),
    "sessionGet": _plain(),
    "profileGet": _plain(),
    "profileUpdate": lambda cast, fresh: Call(json={"appearance": "dark"}),
    "sessionDelete": _plain(),
    "sessionPasswordChange": lambda cast, fresh: Call(
        json={"currentPassword": "not it", "newPassword": "another long one 123"}
    ),
    "sessionsList": _plain(),
    "sessionsList of others": lambda cast, fresh: Call(params={"all": "true"}),
    "sessionsDelete": _session_of_somebody,
    "sessionsDeleteAll": lambda cast, fresh: Call(params={"userId": cast.house.member_id}),
    "invitationsList": _plain(),
    "invitationsCreate": lambda cast, fresh: Call(json={"emails": f"{cast.fresh('guest')}@cast.example"}),
    "invitationsDelete": lambda cast, fresh: Call({"id": _invitation(cast, fresh)}),
    "invitationsLookUp": lambda cast, fresh: Call(json={"token": "no such link"}),
    "invitationsAccept": lambda cast, fresh: Call(
        json={"token": "no such link", "name": "Guest", "password": "a long one, 12345"}
    ),
    "organizationGet": _plain(),
    "organizationUpdate": lambda cast, fresh: Call(json={"defaultTimeZone": "Europe/Berlin"}),
    # people and what they hold
    "userAttributesList": _plain(),
    "userAttributesCreate": lambda cast, fresh: Call(json={"name": cast.fresh("attribute")}),
    "userAttributesUpdate": _on_attribute({"label": "Seen"}),
    "userAttributesUpdateByPut": _on_attribute({"label": "Seen"}),
    "userAttributesDelete": _on_attribute(),
    "customRolesList": _plain(),
    "customRolesCreate": lambda cast, fresh: Call(json={"name": cast.fresh("Role"), "baseRole": "VIEWER"}),
    "customRolesUpdate": _on_custom_role({"description": "Seen"}),
    "customRolesDelete": _on_custom_role(),
    "embedSecretsList": _plain(),
    "embedSecretsCreate": lambda cast, fresh: Call(json={"name": cast.fresh("Secret")}),
    "embedSecretsDelete": lambda cast, fresh: Call({"id": _embed_secret(cast, fresh)}),
    "embedSsoGenerateSession": lambda cast, fresh: Call(
        json={"contentPath": "/my", "externalId": cast.fresh("person"), "name": "Embedded"}
    ),
    "usersListEmailOnly": _plain(),
    "usersCreateEmailOnly": lambda cast, fresh: Call(json=_recipient(cast)),
    "usersCreateEmailOnlyBulk": lambda cast, fresh: Call(json={"users": [_recipient(cast)]}),
    "usersGetModelRoles": _on_member(),
    "usersAssignModelRole": _on_member(_role_on_connection),
    "usersAssignModelRole MODEL": _on_member(_role_on_model),
    "userGroupsGetModelRoles": _on_group("id"),
    "userGroupsAssignModelRole": _on_group("id", _role_on_connection),
    "usersList": _plain(),
    "usersGet": lambda cast, fresh: Call({"id": cast.members["viewer"]}),
    "usersUpdate": lambda cast, fresh: Call({"id": _member(cast, fresh)}, {"name": cast.fresh("Named")}),
    "usersDeactivate": _on_member(),
    "groupsList": _plain(),
    "groupsGet": _on_group("id"),
    "groupsCreate": lambda cast, fresh: Call(json={"name": cast.fresh("Web")}),
    "groupsUpdate": lambda cast, fresh: Call({"id": _group(cast, fresh)}, {"name": cast.fresh("Renamed")}),
    "groupsDelete": _on_group("id"),
    # the directory
    "scimSearch": lambda cast, fresh: Call(json={}),
    "scimUsersList": _plain(),
    "scimUsersSearch": lambda cast, fresh: Call(json={}),
    "scimUsersCreate": lambda cast, fresh: Call(json=_scim_user(cast)),
    "scimUsersGet": lambda cast, fresh: Call({"id": cast.members["viewer"]}),
    "scimUsersReplace": _same_user,
    "scimUsersUpdate": _on_member(_scim_patch("displayName", "Seen")),
    "scimUsersDelete": _on_member(),
    "scimEmbedUsersList": _plain(),
    "scimEmbedUsersGet": lambda cast, fresh: Call({"id": _embedded(cast, fresh=False)}),
    "scimEmbedUsersDelete": lambda cast, fresh: Call({"id": _embedded(cast, fresh)}),
    "scimGroupsList": _plain(),
    "scimGroupsSearch": lambda cast, fresh: Call(json={}),
    "scimGroupsCreate": lambda cast, fresh: Call(json=_scim_group(cast)),
    "scimGroupsGet": _on_group("miniUuid"),
    "scimGroupsReplace": _on_group("miniUuid", _scim_group),
    "scimGroupsUpdate": _on_group("miniUuid", _scim_patch("members", [])),
    "scimGroupsDelete": _on_group("miniUuid"),
    "scimServiceProviderConfig": _plain(),
    "scimResourceTypesList": _plain(),
    "scimResourceTypesGet": _plain(id="User"),
    "scimSchemasList": _plain(),
    "scimSchemasGet": _plain(id="urn:ietf:params:scim:schemas:core:2.0:User"),
}
