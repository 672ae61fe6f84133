"""What a client program may ask for: the one client, its redirects, its proof (API digest §1.2)."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

CLIENT_ID = "omni-cli"
SCOPE = "user:default"
_REDIRECT = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})/callback")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
LONGEST_STATE = 1024


def is_redirect(uri: str) -> bool:
    """Tell whether an answer may go to `uri`: this very path on the person's own machine, at any port.

    The whole text is compared, not a parsed form of it, so no two parsers can disagree about it
    (RFC 8252 §7.3, RFC 9700 §4.1.3).
    """
    found = _REDIRECT.fullmatch(uri)
    return found is not None and int(found[1]) <= 65535


def is_challenge(text: str) -> bool:
    """Tell whether `text` can be the S256 challenge of a verifier (RFC 7636 §4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


def proves(verifier: str, challenge: str) -> bool:
    """Tell whether `verifier` is the text that `challenge` was made of."""
    if _VERIFIER.fullmatch(verifier) is None:
        return False
    made = urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
