"""Every table of the metadata database, by subject. Portable: SQLite today, PostgreSQL by URL.

Ids are UUID text unless said otherwise. A `*_key` column holds the case-folded text that
uniqueness and look-ups go by, so that both databases agree on what "same" means.
"""

from __future__ import annotations

from holoscope.storage.tables.access import content_permits, custom_roles, folders, model_roles
from holoscope.storage.tables.audit import audit_events
from holoscope.storage.tables.columns import Document, Instant, metadata
from holoscope.storage.tables.credentials import (
    api_keys,
    identities,
    invitations,
    oauth_codes,
    oauth_grants,
    oauth_tokens,
    sessions,
    sign_in_failures,
    sign_in_states,
)
from holoscope.storage.tables.embedding import embed_logins, embed_nonces, embed_secrets
from holoscope.storage.tables.identity import (
    group_groups,
    group_members,
    groups,
    memberships,
    organizations,
    user_attribute_definitions,
    user_attribute_values,
    users,
)
from holoscope.storage.tables.jobs import jobs
from holoscope.storage.tables.models import (
    cache_resets,
    connection_environments,
    connections,
    model_file_versions,
    model_files,
    model_versions,
    models,
)

__all__ = [
    "Document",
    "Instant",
    "api_keys",
    "audit_events",
    "cache_resets",
    "connection_environments",
    "connections",
    "content_permits",
    "custom_roles",
    "embed_logins",
    "embed_nonces",
    "embed_secrets",
    "folders",
    "group_groups",
    "group_members",
    "groups",
    "identities",
    "invitations",
    "jobs",
    "memberships",
    "metadata",
    "model_file_versions",
    "model_files",
    "model_roles",
    "model_versions",
    "models",
    "oauth_codes",
    "oauth_grants",
    "oauth_tokens",
    "organizations",
    "sessions",
    "sign_in_failures",
    "sign_in_states",
    "user_attribute_definitions",
    "user_attribute_values",
    "users",
]
