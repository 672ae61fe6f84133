"""Passwords of people; keys have their own, faster and stronger way (`keys`)."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from holoscope.kit.secrets import SecretText

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # the floor OWASP gives, 19 ms here


def new_password() -> SecretText:
    """Make a password nobody has to invent: 24 characters of base64url, 144 bits."""
    return SecretText(secrets.token_urlsafe(18))


def hash_password(password: SecretText) -> str:
    """Return the argon2id hash, its salt and parameters included."""
    return _HASHER.hash(password.reveal())


def is_password(password: SecretText, stored_hash: str) -> bool:
    """Tell whether a password fits a stored hash; a damaged hash fits none."""
    try:
        return _HASHER.verify(stored_hash, password.reveal())
    except (VerificationError, InvalidHashError):
        return False
