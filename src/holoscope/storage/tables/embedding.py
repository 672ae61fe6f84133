"""What embedding keeps: secrets that sign addresses, nonces that were used, sessions not yet redeemed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, PrimaryKeyConstraint, String, Table, Text

from holoscope.storage.tables.columns import ID, Document, Instant, metadata

# Several may count at once, so that a secret can be changed without a gap. `sealed` is ciphertext.
embed_secrets = Table(
    "embed_secrets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

# Kept while a secret counts that may have signed it: a signed address has no date, so its nonce alone says
# that it was used.
embed_nonces = Table(
    "embed_nonces",
    metadata,
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("used_at", Instant, nullable=False),
    PrimaryKeyConstraint("organization_id", "nonce"),
)

# Sessions that were generated and wait to be redeemed by a browser.
embed_logins = Table(
    "embed_logins",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("membership_id", ID, ForeignKey("memberships.id"), nullable=False, index=True),
    Column("details", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("redeemed_at", Instant),
)
