"""Shapes of embedding. What each parameter may be is decided in `access.embed.parameters` alone."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from holoscope.http.wire import StrictBody, Wire


class EmbedSsoGenerateSessionBody(Wire):
    """Every parameter of a signed address but its nonce, theme and darkness, as JSON."""

    model_config = ConfigDict(extra="allow", populate_by_name=False)

    content_path: Any = Field(None, description="Where the session begins, such as /dashboards/12db1a0a.")
    external_id: Any = Field(None, description="The host application's id of the person.")
    name: Any = Field(None, description="The name that is shown.")
    groups: Any = Field(None, description="Names of existing groups; exactly these hold the person.")
    user_attributes: Any = Field(None, description="Values by reference; what is not named is unset.")


class EmbedSsoGenerateSessionResponse(Wire):
    session_id: str = Field(description="To be redeemed within five minutes by a signed address.")


class EmbedSecretBody(StrictBody):
    name: str = Field(max_length=128)


class EmbedSecretRecord(Wire):
    id: str
    name: str
    created_at: str
    revoked_at: str | None


class EmbedSecretList(Wire):
    records: list[EmbedSecretRecord]


class MadeEmbedSecret(EmbedSecretRecord):
    secret: str = Field(description="Shown this once.")


class EmbedSecretRevoked(Wire):
    success: bool
