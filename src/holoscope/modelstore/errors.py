"""Refusals of this room, in the words clients know (API digest §1.4, §3.13)."""

from __future__ import annotations

from holoscope.kit.errors import BadRequest, Conflict, NotFound


class NoSuchModel(NotFound):
    """Unknown, deleted, another organization's, or out of the actor's reach."""

    def __init__(self, model_id: str) -> None:
        super().__init__(f"Model with id {model_id} does not exist")


class NoSuchConnection(NotFound):
    """Unknown, deleted, another organization's, or out of the actor's reach."""

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"Connection with id {connection_id} does not exist")


class NoSuchBranch(NotFound):
    """The model has no branch of that name."""

    def __init__(self) -> None:
        super().__init__("Branch does not exist")


class NoSuchBranchModel(NotFound):
    """No branch has that id, or it is a branch of another model."""

    def __init__(self, branch_id: str) -> None:
        super().__init__(f"Branch model with id {branch_id} does not exist")


class NoSuchFile(NotFound):
    """The model, as this mode shows it, has no file of that name."""

    def __init__(self, file_name: str) -> None:
        super().__init__(f"File {file_name} does not exist")


class SchemaModelsHaveNoBranches(BadRequest):
    """A branch was named on a SCHEMA model."""

    def __init__(self) -> None:
        super().__init__("Schema models do not have branches")


class SchemaModelExists(BadRequest):
    """A connection has one SCHEMA model."""

    def __init__(self) -> None:
        super().__init__("Schema model already exists for the connection")


class SchemaModelMissing(BadRequest):
    """Every other model stands on the connection's SCHEMA model, which is not there."""

    def __init__(self) -> None:
        super().__init__("Schema model does not exist when creating a non-schema model")


class SchemaModelsAreMirrors(BadRequest):
    """Only a refresh writes a SCHEMA model."""

    def __init__(self) -> None:
        super().__init__("Schema models cannot be edited; a schema refresh writes them")


class NoSuchJob(NotFound):
    """Unknown, or another organization's."""

    def __init__(self) -> None:
        super().__init__("Job not found")


class RefreshRunning(Conflict):
    """A refresh of the connection that asks for something else is under way."""

    code = "refresh_running"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"Another schema refresh of this connection is running as job {job_id}; wait for it")


class NameTaken(BadRequest):
    """Another model of that kind on the same base has the name."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f'A {what} named "{name}" already exists')


class FileChanged(Conflict):
    """The file is not the one that was fetched: somebody else wrote it since."""

    code = "file_changed"

    def __init__(self) -> None:
        super().__init__("File has been modified since it was fetched")


class ModelBusy(Conflict):
    """Others kept writing the model while this write was prepared."""

    code = "model_busy"

    def __init__(self) -> None:
        super().__init__("The model is being written by others; try again")


class InvalidModelFile(BadRequest):
    """The text cannot be saved; the detail says where and why, one line for each error."""

    code = "invalid_model_file"


class MergeConflict(BadRequest):
    """A branch and its base changed the same thing in two ways; the detail lists each one."""

    code = "merge_conflict"
