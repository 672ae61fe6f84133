"""Signatures of addresses: HMAC-SHA256 over values in a fixed order, one on a line.

Names of parameters are not signed, so an address whose parameters were renamed in order still has a right
signature; that such an address says nothing else is the business of `parameters`. Source: platform
digest §5.2, §5.4.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence

from holoscope.kit.secrets import SecretText

OPTIONAL = (
    "accessBoost",
    "branch",
    "connectionRoles",
    "customTheme",
    "customThemeId",
    "email",
    "entity",
    "entityFolderContentRole",
    "entityFolderGroupContentRole",
    "entityFolderLabel",
    "entityGroupLabel",
    "filterSearchParam",
    "groups",
    "linkAccess",
    "mode",
    "modelRoles",
    "prefersDark",
    "preserveEntityFolderContentRole",
    "theme",
    "uiSettings",
    "userAttributes",
)
"""In the order they are signed in, which is that of the alphabet."""

_SPACE = r"\s\ufeff"
_AFTER_A_LINE = re.compile(rf"\n[{_SPACE}]+")
_AROUND = re.compile(rf"^[{_SPACE}]+|[{_SPACE}]+\Z")
_FORM = re.compile(r"[A-Za-z0-9_-]{43}=?")


def login_values(url: str, said: Mapping[str, str]) -> list[str]:
    """Return what is signed of a login address: `said` are its decoded parameters, `url` is without them."""
    required = [said.get(name, "") for name in ("contentPath", "externalId", "name", "nonce")]
    return [url, *required, *(said[name] for name in OPTIONAL if said.get(name))]


def redeem_values(url: str, said: Mapping[str, str]) -> list[str]:
    """Return what is signed of an address that redeems a generated session."""
    optional = (said[name] for name in ("branch", "prefersDark", "theme") if said.get(name))
    return [url, said.get("nonce", ""), said.get("sessionId", ""), *optional]


def sign(values: Sequence[str], secret: SecretText) -> str:
    """Return the signature, 43 characters of base64url."""
    return base64.urlsafe_b64encode(_digest("\n".join(values), secret)).decode().rstrip("=")


def find_secret(
    signature: str, values: Sequence[str], secrets: Iterable[tuple[str, SecretText]]
) -> str | None:
    """Return the name of the secret that a signature was made with; None if with none of them.

    Takes padded and unpadded signatures, over the values as they are or as the published signer lays them
    out, which drops white space that follows a line's end. Compares in constant time.
    """
    if not _FORM.fullmatch(signature):
        return None
    given = base64.urlsafe_b64decode(signature.rstrip("=") + "=")
    laid_out = _AFTER_A_LINE.sub("\n", _AROUND.sub("", "\n  ".join(values)))
    found = None
    for name, secret in secrets:
        for text in ("\n".join(values), laid_out):
            if hmac.compare_digest(given, _digest(text, secret)):
                found = name
    return found


def _digest(text: str, secret: SecretText) -> bytes:
    return hmac.new(secret.reveal_bytes(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
