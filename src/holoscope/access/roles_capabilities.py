"""What permissions open, in the words of people: the one table that documentation and tests go by.

Source: platform digest §2.2. A tier has a capability when it has its permission (`roles_tiers`).
"""

from __future__ import annotations

from dataclasses import dataclass

from holoscope.query.scope import Permission


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that a role may or may not do.

    `operations` are the rows of `tests/access/matrix.csv` that need it; without any, the permission is
    told by `whoami`, and clients go by it.
    """

    text: str
    permission: Permission
    operations: tuple[str, ...] = ()


CAPABILITIES = (
    Capability(
        "see a model: its schemas, topics, views and fields, and how its jobs stand",
        Permission.READ,
        (
            "jobsGetStatus",
            "modelsGetSchemas",
            "modelsGetTopic",
            "modelsGetViews",
            "modelsListTopics",
        ),
    ),
    Capability("query topics", Permission.QUERY_TOPICS, ("queryRun",)),
    Capability("query views without a topic", Permission.QUERY_FULL_MODEL, ("queryRun view",)),
    Capability(
        "read the model's files, validate it, make branches of it",
        Permission.QUERY_FULL_MODEL,
        (
            "modelDefinitionsList",
            "modelDiagnosticsList",
            "modelDiffGet",
            "modelFilesList",
            "modelUsesList",
            "modelsCreate BRANCH",
            "modelsValidate",
            "modelsYamlGet",
        ),
    ),
    Capability("query in SQL of one's own", Permission.QUERY_SQL, ("queryRun sql",)),
    Capability("see the SQL of fields, in files and of what was run", Permission.VIEW_SQL),
    Capability(
        "change the model and its branches, merge, reset caches",
        Permission.UPDATE,
        (
            "modelsCacheReset",
            "modelsCreateField",
            "modelsDeleteBranch",
            "modelsDeleteField",
            "modelsDeleteTopic",
            "modelsDeleteView",
            "modelsMergeBranch",
            "modelsUpdate BRANCH",
            "modelsUpdateField",
            "modelsUpdateTopic",
            "modelsUpdateView",
            "modelsYamlCreate",
            "modelsYamlDelete",
        ),
    ),
    Capability(
        "make, rename and delete shared models, refresh the schema, give roles",
        Permission.MANAGE_MODEL,
        (
            "modelsCreate",
            "modelsDelete",
            "modelsRefresh",
            "modelsUpdate",
            "userGroupsAssignModelRole",
            "usersAssignModelRole",
            "usersAssignModelRole MODEL",
        ),
    ),
    Capability(
        "change a connection and its environments",
        Permission.MANAGE_MODEL,
        (
            "connectionEnvironmentsCreate",
            "connectionEnvironmentsDelete",
            "connectionEnvironmentsUpdate",
            "connectionsUpdate",
        ),
    ),
    Capability("use workbooks (told by `whoami`)", Permission.USE_WORKBOOKS),
    Capability("ask AI (told by `whoami`)", Permission.USE_AI),
    Capability("care for uploads (told by `whoami`)", Permission.MANAGE_UPLOADS),
)
