"""Secrets of others at rest: sealed with a key of the data folder, each to the row it belongs to.

A sealed text is of use neither without the key nor in another row. It begins with a version, so that
another way of sealing can be told from this one.
"""

from __future__ import annotations

import base64
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from holoscope.kit.errors import HoloscopeError
from holoscope.kit.secrets import SecretText

_VERSION = "v1"
_NONCE_BYTES = 12


class CannotUnseal(HoloscopeError):
    """A stored secret does not open: another key, another row, or damage."""

    code = "cannot_unseal"


class Sealer:
    """Seals and opens with one key (AES-256-GCM, a fresh nonce each time)."""

    def __init__(self, key: SecretText) -> None:
        self._cipher = AESGCM(sha256(b"holoscope sealed\x00" + key.reveal_bytes()).digest())

    def seal(self, secret: SecretText, row: str) -> str:
        """Give text that may be stored; `row` names where, and must be said again to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.reveal_bytes(), row.encode())
        return f"{_VERSION}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, text: str, row: str) -> SecretText:
        """Give the secret back.

        Raises:
            CannotUnseal: it was sealed with another key or for another row, or is damaged.
        """
        version, _, body = text.partition(":")
        try:
            raw = base64.b64decode(body if version == _VERSION else "?", validate=True)
            opened = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], row.encode())
        except (ValueError, InvalidTag):
            raise CannotUnseal(
                "A stored password cannot be read with this data folder's key. Give the password again."
            ) from None
        return SecretText(opened.decode())
