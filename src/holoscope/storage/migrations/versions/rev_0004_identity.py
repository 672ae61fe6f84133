"""Identity: sessions, invitations, grants to clients, custom roles, embedding, the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String, Text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

ID = String(36)
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

_REFUSE_ON_SQLITE = """
CREATE TRIGGER audit_events_no_{verb} BEFORE {verb} ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END
"""
_REFUSE_ON_POSTGRESQL = """
CREATE FUNCTION audit_events_only_added() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$
"""
_TRIGGER_ON_POSTGRESQL = """
CREATE TRIGGER audit_events_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_only_added()
"""


def upgrade() -> None:
    _add_roles()
    _widen()
    _add_people()
    _add_grants()
    _add_embedding()
    _add_audit()
    _guard_audit()


def _guard_audit() -> None:
    """Let the database itself refuse changes of what was recorded."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_REFUSE_ON_SQLITE.format(verb=verb))
    else:
        op.execute(_REFUSE_ON_POSTGRESQL)
        op.execute(_TRIGGER_ON_POSTGRESQL)


def _widen() -> None:
    op.add_column("api_keys", Column("last_used_at", INSTANT))
    op.add_column("groups", Column("external_id", Text()))
    op.add_column("groups", Column("embed_entity", Text()))
    op.create_index("uq_groups_embed_entity", "groups", ["organization_id", "embed_entity"], unique=True)
    op.add_column("memberships", Column("kind", String(length=16), server_default="standard", nullable=False))
    op.add_column("memberships", Column("external_id", Text()))
    op.add_column("memberships", Column("embed_external_id", Text()))
    op.add_column("memberships", Column("embed_entity", Text()))
    op.add_column("memberships", Column("embed_email", Text()))
    op.add_column("memberships", Column("time_zone", String(length=64)))
    op.add_column("memberships", Column("last_login_at", INSTANT))
    op.create_index(
        "ix_memberships_organization_id_external_id", "memberships", ["organization_id", "external_id"]
    )
    op.create_index(
        "uq_memberships_embedded",
        "memberships",
        ["organization_id", "embed_external_id"],
        unique=True,
        sqlite_where=sa.text("active AND embed_external_id IS NOT NULL"),
        postgresql_where=sa.text("active AND embed_external_id IS NOT NULL"),
    )
    op.add_column(
        "model_roles", Column("custom_role_id", ID, sa.ForeignKey("custom_roles.id")), inline_references=True
    )
    op.create_index("ix_model_roles_custom_role_id", "model_roles", ["custom_role_id"])
    op.add_column("organizations", Column("settings", DOCUMENT, server_default="{}", nullable=False))
    op.add_column("user_attribute_definitions", Column("description", Text()))


def _add_people() -> None:
    op.create_table(
        "sign_in_failures",
        Column("id", ID, nullable=False),
        Column("digest", String(length=64), nullable=False),
        Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_digest_at", "sign_in_failures", ["digest", "at"])
    op.create_table(
        "sign_in_states",
        Column("digest", String(length=64), nullable=False),
        Column("details", DOCUMENT, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in_states"),
    )
    op.create_index("ix_sign_in_states_expires_at", "sign_in_states", ["expires_at"])
    op.create_table(
        "group_groups",
        Column("parent_id", String(length=8), nullable=False),
        Column("child_id", String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["groups.id"], name="fk_group_groups_child_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["groups.id"], name="fk_group_groups_parent_id"),
        sa.PrimaryKeyConstraint("parent_id", "child_id", name="pk_group_groups"),
    )
    op.create_index("ix_group_groups_child_id", "group_groups", ["child_id"])
    op.create_table(
        "invitations",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("digest", String(length=64), nullable=False),
        Column("email", Text(), nullable=False),
        Column("email_key", Text(), nullable=False),
        Column("role", String(length=16), nullable=False),
        Column("group_ids", DOCUMENT, nullable=False),
        Column("invited_by", ID),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False),
        Column("accepted_at", INSTANT),
        Column("revoked_at", INSTANT),
        sa.CheckConstraint("role IN ('ORG_ADMIN', 'MEMBER')", name="ck_invitations_role"),
        sa.ForeignKeyConstraint(["invited_by"], ["memberships.id"], name="fk_invitations_invited_by"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_invitations_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("digest", name="uq_invitations_digest"),
    )
    op.create_index("ix_invitations_organization_id", "invitations", ["organization_id"])
    op.create_table(
        "sessions",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("membership_id", ID, nullable=False),
        Column("kind", String(length=16), nullable=False),
        Column("digest", String(length=64), nullable=False),
        Column("address", String(length=64)),
        Column("user_agent", Text()),
        Column("details", DOCUMENT, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("last_seen_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False),
        Column("revoked_at", INSTANT),
        sa.CheckConstraint("kind IN ('web', 'embed')", name="ck_sessions_kind"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_sessions_membership_id"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_sessions_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("digest", name="uq_sessions_digest"),
    )
    op.create_index("ix_sessions_membership_id", "sessions", ["membership_id"])
    op.create_index(
        "ix_sessions_organization_id_created_at", "sessions", ["organization_id", "created_at", "id"]
    )


def _add_grants() -> None:
    op.create_table(
        "oauth_grants",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("membership_id", ID, nullable=False),
        Column("client_id", Text(), nullable=False),
        Column("scope", Text(), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("last_used_at", INSTANT),
        Column("revoked_at", INSTANT),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_oauth_grants_membership_id"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_oauth_grants_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_oauth_grants"),
    )
    op.create_index("ix_oauth_grants_membership_id", "oauth_grants", ["membership_id"])
    op.create_index("ix_oauth_grants_organization_id", "oauth_grants", ["organization_id"])
    op.create_table(
        "oauth_codes",
        Column("digest", String(length=64), nullable=False),
        Column("grant_id", ID, nullable=False),
        Column("redirect_uri", Text(), nullable=False),
        Column("code_challenge", Text(), nullable=False),
        Column("expires_at", INSTANT, nullable=False),
        Column("used_at", INSTANT),
        sa.ForeignKeyConstraint(["grant_id"], ["oauth_grants.id"], name="fk_oauth_codes_grant_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_oauth_codes"),
    )
    op.create_index("ix_oauth_codes_grant_id", "oauth_codes", ["grant_id"])
    op.create_table(
        "oauth_tokens",
        Column("digest", String(length=64), nullable=False),
        Column("grant_id", ID, nullable=False),
        Column("kind", String(length=8), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT),
        Column("replaced_at", INSTANT),
        sa.CheckConstraint("kind IN ('access', 'refresh')", name="ck_oauth_tokens_kind"),
        sa.ForeignKeyConstraint(["grant_id"], ["oauth_grants.id"], name="fk_oauth_tokens_grant_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_oauth_tokens"),
    )
    op.create_index("ix_oauth_tokens_grant_id", "oauth_tokens", ["grant_id"])


def _add_roles() -> None:
    op.create_table(
        "custom_roles",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("name", Text(), nullable=False),
        Column("name_key", Text(), nullable=False),
        Column("description", Text()),
        Column("base_role", String(length=32), nullable=False),
        Column("denied", DOCUMENT, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_custom_roles_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_custom_roles"),
        sa.UniqueConstraint("organization_id", "name_key", name="uq_custom_roles_organization_id_name_key"),
    )


def _add_embedding() -> None:
    op.create_table(
        "embed_nonces",
        Column("organization_id", ID, nullable=False),
        Column("nonce", String(length=32), nullable=False),
        Column("used_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_embed_nonces_organization_id"
        ),
        sa.PrimaryKeyConstraint("organization_id", "nonce", name="pk_embed_nonces"),
    )
    op.create_table(
        "embed_secrets",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("name", Text(), nullable=False),
        Column("sealed", Text(), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("revoked_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_embed_secrets_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_embed_secrets"),
    )
    op.create_index("ix_embed_secrets_organization_id", "embed_secrets", ["organization_id"])
    op.create_table(
        "embed_logins",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("membership_id", ID, nullable=False),
        Column("details", DOCUMENT, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False),
        Column("redeemed_at", INSTANT),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_embed_logins_membership_id"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_embed_logins_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_embed_logins"),
    )
    op.create_index("ix_embed_logins_membership_id", "embed_logins", ["membership_id"])
    op.create_index("ix_embed_logins_organization_id", "embed_logins", ["organization_id"])


def _add_audit() -> None:
    op.create_table(
        "audit_events",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("at", INSTANT, nullable=False),
        Column("action", String(length=64), nullable=False),
        Column("outcome", String(length=16), nullable=False),
        Column("membership_id", ID),
        Column("credential_kind", String(length=16)),
        Column("credential_id", ID),
        Column("address", String(length=64)),
        Column("user_agent", Text()),
        Column("request_id", String(length=64)),
        Column("object_type", String(length=32)),
        Column("object_id", Text()),
        Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
    op.create_index(
        "ix_audit_events_organization_id_action_at", "audit_events", ["organization_id", "action", "at", "id"]
    )
    op.create_index("ix_audit_events_organization_id_at", "audit_events", ["organization_id", "at", "id"])
    op.create_index(
        "ix_audit_events_organization_id_membership_id_at",
        "audit_events",
        ["organization_id", "membership_id", "at", "id"],
    )
