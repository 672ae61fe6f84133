"""Refusals of this room, in the words clients know (API digest §1.4, §3.13)."""

from __future__ import annotations

from holoscope.kit.errors import BadRequest, NotFound


class NoSuchModel(NotFound):
    """Unknown, deleted, another organization's, or out of the actor's reach."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"Model with id {model_id} does not exist")


class NoSuchConnection(NotFound):
    """Unknown, deleted, another organization's, or out of the actor's reach."""

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"Connection with id {connection_id} does not exist")


class NoSuchBranch(NotFound):
    """This server keeps no branches yet, so every branch id is unknown."""

    def __init__(self) -> None:
        super().__init__("Branch does not exist")


class SchemaModelsHaveNoBranches(BadRequest):
    """A branch was named on a SCHEMA model."""

    def __init__(self) -> None:
        super().__init__("Schema models do not have branches")


class SchemaModelExists(BadRequest):
    """A connection has one SCHEMA model."""

    def __init__(self) -> None:
        super().__init__("Schema model already exists for the connection")


class SchemaModelMissing(BadRequest):
    """A SHARED model stands on the connection's SCHEMA model, which is not there."""

    def __init__(self) -> None:
        super().__init__("Schema model does not exist when creating a non-schema model")
