"""Embedding for host applications and administrators: sessions to redeem, and the secrets (digest §3.9)."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from holoscope.access.embed.secrets import EmbedSecret
from holoscope.http.embed_origins import origins_of
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.embed import (
    EmbedSecretBody,
    EmbedSecretList,
    EmbedSecretRevoked,
    EmbedSsoGenerateSessionBody,
    EmbedSsoGenerateSessionResponse,
    MadeEmbedSecret,
)
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time

routes = router("Embed")


@serve(
    routes,
    "POST",
    "/v1/embed/sso/generate-session",
    "embedSsoGenerateSession",
    EmbedSsoGenerateSessionResponse,
    aliases=[("unstableEmbedSsoGenerateSession", "/unstable/embed/sso/generate-session")],
)
def generate_session(
    body: EmbedSsoGenerateSessionBody, request: Request, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Bring an embedded person level and get a session to redeem; organization keys only."""
    said = body.model_dump(by_alias=True, exclude_unset=True)
    host = origins_of(request)[0].removeprefix("https://").partition(":")[0]
    return {"session_id": called.embed.logins.generate(actor, said, host=host)}


@serve(routes, "GET", "/v1/embed/secrets", "embedSecretsList", EmbedSecretList)
def list_secrets(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List the embed secrets without their texts; administrators only."""
    return {"records": [_wire(each) for each in called.embed.secrets.list(actor)]}


@serve(routes, "POST", "/v1/embed/secrets", "embedSecretsCreate", MadeEmbedSecret, status=201)
def create_secret(body: EmbedSecretBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make another embed secret, which is shown this once; administrators only."""
    made, text = called.embed.secrets.create(actor, body.name)
    return {**_wire(made), "secret": text.reveal()}


@serve(routes, "DELETE", "/v1/embed/secrets/{id}", "embedSecretsDelete", EmbedSecretRevoked)
def revoke_secret(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Revoke an embed secret: addresses signed with it open no more; administrators only."""
    called.embed.secrets.revoke(actor, id)
    return {"success": True}


def _wire(secret: EmbedSecret) -> dict[str, Any]:
    return {
        "id": secret.id,
        "name": secret.name,
        "created_at": wire_time(secret.created_at),
        "revoked_at": None if secret.revoked_at is None else wire_time(secret.revoked_at),
    }
