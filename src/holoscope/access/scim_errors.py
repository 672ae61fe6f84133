"""Refusals of SCIM requests; each knows the `scimType` of RFC 7644 §3.12."""

from __future__ import annotations

from typing import ClassVar

from holoscope.kit.errors import BadRequest


class ScimRefused(BadRequest):
    """A SCIM request that cannot be carried out as it stands."""

    code = "bad_scim_request"
    scim_type: ClassVar[str] = "invalidValue"

    def __init__(self, detail: str) -> None:
        super().__init__(f"Bad Request: {detail}")


class BadScimFilter(ScimRefused):
    """The filter does not parse, or compares what cannot be compared."""

    code = "bad_scim_filter"
    scim_type = "invalidFilter"

    def __init__(self, reason: str) -> None:
        super().__init__(f"filter: {reason}")


class BadScimPath(ScimRefused):
    """A path names no attribute, or one that the operation cannot change."""

    code = "bad_scim_path"
    scim_type = "invalidPath"

    def __init__(self, reason: str) -> None:
        super().__init__(f"path: {reason}")


class BadScimSyntax(ScimRefused):
    """The body of a SCIM request does not have the form it needs."""

    scim_type = "invalidSyntax"


class NoScimTarget(ScimRefused):
    """The path of an operation leads to nothing that is there."""

    code = "scim_no_target"
    scim_type = "noTarget"


class ScimImmutable(ScimRefused):
    """The attribute is set once, when the resource is made."""

    code = "scim_immutable"
    scim_type = "mutability"
