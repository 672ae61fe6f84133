"""The text of a key or token: how it is made, checked without a look-up, and kept.

`omni_osk_` + 50 random characters of base62 + 6 characters of checksum. The checksum is the
CRC-32 (the one of zlib) of the ASCII bytes of the first 59 characters, prefix included, as an
unsigned number in base62, digits `0-9A-Za-z`, most significant first, padded on the left with
`0` to 6 characters. Tokens of OAuth differ in the prefix alone. Documented for
secret scanners in docs/reference/api-keys.md.

The store holds an HMAC-SHA256 of the text under the server's pepper, so a stolen database
yields no key and cannot even be used to confirm a guess.
"""

from __future__ import annotations

import hmac
import re
import secrets
from zlib import crc32

from holoscope.kit.secrets import SecretText

PREFIX = "omni_osk_"
ACCESS_PREFIX = "omni_oat_"
REFRESH_PREFIX = "omni_ort_"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_RANDOM = 50
_SIGNED = len(PREFIX) + _RANDOM
_FORM = re.compile(r"omni_(?:osk|oat|ort)_[0-9A-Za-z]{56}")
_SHOWN = 6


def new_key_text(prefix: str = PREFIX) -> SecretText:
    """Make a key whose 50 characters are one number below 62^50 from the operating system, 297 bits."""
    number = secrets.randbelow(62**_RANDOM)
    pairs = []
    for _ in range(_RANDOM // 2):
        number, pair = divmod(number, 3844)
        pairs.append(_PAIRS[pair])
    signed = prefix + "".join(pairs)
    return SecretText(signed + checksum(signed))


def checksum(signed: str) -> str:
    """Return the 6 characters that end a key whose first 59 characters are `signed`."""
    rest, low = divmod(crc32(signed.encode("ascii")), 3844)
    high, middle = divmod(rest, 3844)
    return _PAIRS[high] + _PAIRS[middle] + _PAIRS[low]


def is_well_formed(text: str, prefix: str = PREFIX) -> bool:
    """Tell whether `text` has the form of a key, or token, and the right checksum; costs no look-up."""
    return (
        text.startswith(prefix)
        and _FORM.fullmatch(text) is not None
        and checksum(text[:_SIGNED]) == text[_SIGNED:]
    )


def digest_of(text: str, pepper: bytes) -> bytes:
    """Return the keyed digest under which a key is stored and found."""
    return hmac.digest(pepper, text.encode(), "sha256")


def public_prefix(text: SecretText) -> str:
    """Return the part by which people recognise a key in a list: the prefix and 6 of the 50 characters."""
    return text.reveal()[: len(PREFIX) + _SHOWN]
