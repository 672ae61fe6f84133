"""Refusals of embedding. Embedded pages show their sentences, so none tells more than the signer knows."""

from __future__ import annotations

from holoscope.kit.errors import Forbidden


class EmbedRefused(Forbidden):
    """A signed address does not open; whoever made it has to make another."""

    code = "embed_refused"


class WrongSignature(EmbedRefused):
    """No secret that counts signed exactly this."""

    code = "wrong_embed_signature"

    def __init__(self) -> None:
        super().__init__(
            "The signature of this link does not fit. Sign it with a current embed secret and the address "
            "that people open."
        )


class UsedNonce(EmbedRefused):
    """The nonce was used before: a signed address opens once."""

    code = "used_embed_nonce"

    def __init__(self) -> None:
        super().__init__(
            "This link was used before. Each link opens once: sign a new one with another nonce."
        )


class NoSuchLogin(EmbedRefused):
    """The generated session is unknown, redeemed, or past its five minutes."""

    code = "no_such_embed_session"

    def __init__(self) -> None:
        super().__init__("This session is unknown, was opened before, or has lapsed. Generate a new one.")
