"""Secret text: carried around without ever being printed, and refused when it is weak."""

from __future__ import annotations

import hmac
from typing import Never

MINIMUM_BYTES = 32
_EXAMPLES = (
    "changeme",
    "change_me",
    "change-me",
    "default",
    "example",
    "insecure",
    "password",
    "placeholder",
    "replace_me",
    "replace-me",
    "secret",
)


class WeakSecret(ValueError):
    """A secret that must not guard anything: empty, short, or copied from an example.

    The text names the secret and the fault, never the value.
    """


class SecretText:
    """Text that guards something. `reveal` is the only way to it: `str`, `repr`, `%s` show dots.

    Values compare in constant time; they cannot be pickled, so none travels by accident.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself. Call it where it is used and do not keep the result."""
        return self._text

    def reveal_bytes(self) -> bytes:
        """Return the text as UTF-8, for keyed hashes."""
        return self._text.encode()

    def __repr__(self) -> str:
        return "SecretText(…)"

    def __str__(self) -> str:
        return "…"

    def __format__(self, specification: str) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretText):
            return NotImplemented
        return hmac.compare_digest(self.reveal_bytes(), other.reveal_bytes())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not serialised")


def strong_secret(text: str, name: str) -> SecretText:
    """Accept `text` as the secret called `name`.

    At least 32 bytes, at least 10 different characters, and none of the words that sample
    configurations use as a stand-in, so that nobody runs on a published value.

    Raises:
        WeakSecret: it is empty, short, repetitive or an example value.
    """
    if not text.strip():
        raise WeakSecret(f"{name} is empty; at least {MINIMUM_BYTES} random bytes are needed.")
    if len(text.encode()) < MINIMUM_BYTES:
        raise WeakSecret(f"{name} is shorter than {MINIMUM_BYTES} bytes.")
    if len(set(text)) < 10:
        raise WeakSecret(f"{name} repeats the same few characters; it is no random value.")
    lowered = text.lower()
    if any(example in lowered for example in _EXAMPLES):
        raise WeakSecret(f"{name} looks like an example value; generate a random one.")
    return SecretText(text)
