"""Passwords of people; keys have their own, faster and stronger way (`keys`)."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from holoscope.kit.errors import BadRequest, HoloscopeError
from holoscope.kit.secrets import SecretText

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # the floor OWASP gives, 19 ms here
_NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$T4Qve50ibT5L2kWCdCkWXw$A/hyO4gru5e2Z03YkFiRQq9uwKFjjFygQlj3AfrgJ+M"
)
"""Of a password that was thrown away; checked where there is none, so that this takes as long."""

SHORTEST = 12
LONGEST = 256
_FEWEST_DIFFERENT = 5


class SignInBusy(HoloscopeError):
    """More people sign in at this moment than the server will check passwords for."""

    code = "sign_in_busy"
    status = 503
    retry_seconds = 1

    def __init__(self) -> None:
        super().__init__("Too many sign-ins at this moment. Try again in a second.")


class PasswordChecks:
    """Hashes and checks passwords, a few at once: a flood of sign-ins must not take all processors.

    `at_once` are worked on and `waiting` more stand in line; whoever comes then is sent away. Safe
    between threads; one per process.
    """

    def __init__(self, *, at_once: int = 2, waiting: int = 8) -> None:
        self._turns = threading.Semaphore(at_once)
        self._room = threading.BoundedSemaphore(at_once + waiting)

    def hash(self, password: SecretText) -> str:
        """Return the hash to keep.

        Raises:
            SignInBusy: too many are being checked.
        """
        with self._turn():
            return hash_password(password)

    def fits(self, password: SecretText, stored_hash: str | None) -> bool:
        """Tell whether a password fits; it takes as long where there is no hash that it could fit.

        Raises:
            SignInBusy: too many are being checked.
        """
        with self._turn():
            fits = is_password(password, stored_hash or _NOBODYS_HASH)
        return fits and stored_hash is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise SignInBusy
        try:
            with self._turns:
                yield
        finally:
            self._room.release()


def new_password() -> SecretText:
    """Make a password nobody has to invent: 24 characters of base64url, 144 bits."""
    return SecretText(secrets.token_urlsafe(18))


def chosen_password(text: str, *, field: str, email: str) -> SecretText:
    """Accept a password that somebody invented.

    Length counts, not the kinds of characters (NIST SP 800-63B): 12 to 256 characters, at least 5
    different ones, and not the e-mail address.

    Raises:
        BadRequest: says what is wrong with `field`, never its value.
    """
    if len(text) < SHORTEST:
        raise BadRequest(f"Bad Request: {field}: Password must have at least {SHORTEST} characters")
    if len(text) > LONGEST:
        raise BadRequest(f"Bad Request: {field}: Password cannot exceed {LONGEST} characters")
    if len(set(text)) < _FEWEST_DIFFERENT:
        raise BadRequest(f"Bad Request: {field}: Password repeats the same few characters")
    if text.strip().casefold() == email.strip().casefold():
        raise BadRequest(f"Bad Request: {field}: Password must not be the e-mail address")
    return SecretText(text)


def hash_password(password: SecretText) -> str:
    """Return the argon2id hash, its salt and parameters included."""
    return _HASHER.hash(_normal(password))


def is_password(password: SecretText, stored_hash: str) -> bool:
    """Tell whether a password fits a stored hash; a damaged hash fits none."""
    try:
        return _HASHER.verify(stored_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(stored_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than are used today."""
    return _HASHER.check_needs_rehash(stored_hash)


def _normal(password: SecretText) -> str:
    """Give one spelling to what two keyboards write differently (NIST SP 800-63B §5.1.1.2)."""
    return unicodedata.normalize("NFKC", password.reveal())
