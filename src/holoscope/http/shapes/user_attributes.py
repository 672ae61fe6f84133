"""Shapes of user attributes (API digest §3.17); their keys are snake_case."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StrictBool, WithJsonSchema

from holoscope.http.wire import SnakeWire

AttributeTypeName = Literal["String", "Number"]
_SCALAR = [{"type": "string"}, {"type": "number"}]
DefaultValue = Annotated[
    Any,
    WithJsonSchema({"anyOf": [*_SCALAR, {"type": "array", "items": {"anyOf": _SCALAR}}, {"type": "null"}]}),
]
"""Judged by the definition: an array exactly when it takes several values."""


class UserAttribute(SnakeWire):
    """A definition; those of the system have no id and cannot be changed."""

    id: str
    name: str
    label: str
    type: AttributeTypeName
    multiple_values: bool
    description: str | None
    default_value: str | list[str] | None = Field(
        description="An array when there may be several values; numbers are texts, for precision."
    )
    system: bool


class UserAttributesListResponse(SnakeWire):
    records: list[UserAttribute]


class _Body(SnakeWire):
    model_config = ConfigDict(extra="forbid")


class UserAttributesCreateBody(_Body):
    """A new definition. Without a label it is called as its name; without a type it is a String."""

    name: str
    label: str | None = None
    type: AttributeTypeName = "String"
    multiple_values: StrictBool = False
    description: str | None = None
    default_value: DefaultValue = None


class UserAttributesUpdateBody(_Body):
    """What is named changes, the rest stays; the name itself stays always."""

    name: str | None = None
    label: str | None = None
    type: AttributeTypeName | None = None
    multiple_values: StrictBool | None = None
    description: str | None = None
    default_value: DefaultValue = None
