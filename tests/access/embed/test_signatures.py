"""Signatures: known answers, every spelling that published signers have, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import re

import pytest

from holoscope.access.embed.signatures import find_secret, login_values, redeem_values, sign
from holoscope.kit.secrets import SecretText
from support.seeds import seed_of

SECRET = SecretText("0123456789abcdef0123456789abcdef")
LOGIN = "https://acme.example.test/embed/login"
SAID = {
    "contentPath": "/dashboards/12db1a0a",
    "externalId": "u-1",
    "name": "Ann Example",
    "nonce": "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
}
MORE = {
    "accessBoost": "false",
    "connectionRoles": '{"c0f12353-4817-4398-bcc0-d501e6dd2f64":"RESTRICTED_QUERIER"}',
    "entity": "blobs_r_us",
    "mode": "APPLICATION",
    "prefersDark": "true",
    "userAttributes": '{"planet":["tatooine"]}',
}


def fits(signature: str, values: list[str]) -> bool:
    return find_secret(signature, values, [("one", SecretText("x" * 32)), ("two", SECRET)]) == "two"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "8W_8b-FqDKmJ3xgu4yZrE6Oo-WKrn6E2tvhFXjBR2NE"),
        (MORE, "1GqN-u_C66rMToxvN3hsxnevTDoYQvGAUVm95NzOaGE"),
    ],
)
def test_known_answers_of_the_published_signer(more: dict[str, str], expected: str) -> None:
    values = login_values(LOGIN, {**SAID, **more})
    assert sign(values, SECRET) == expected
    assert fits(expected, values)
    assert fits(expected + "=", values), "some signers keep the padding"


def test_the_known_answer_of_redeeming() -> None:
    said = {
        "nonce": SAID["nonce"],
        "sessionId": "11111111-2222-3333-4444-555555555555",
        "prefersDark": "false",
        "theme": "vibes",
    }
    url = "https://acme.example.test/embed/sso/redeem-session"
    assert sign(redeem_values(url, said), SECRET) == "AOAiBWuUYvX_8dONz6DuU83qtCoUzYNvkTwCz3adehw"


@pytest.mark.parametrize("name", ["  Ann", "Ann ", "Ann \n  Lee", "\u00a0Ann", "Ünal \U0001f600"])
def test_white_space_as_the_published_signer_lays_it_out(name: str) -> None:
    """What it signs is written out here as its template has it."""
    said = {**SAID, "name": name}
    laid_out = f"\n  {LOGIN}\n  {said['contentPath']}\n  u-1\n  {name}\n  {said['nonce']}\n  \n  "
    trimmed = re.sub(r"\n\s+", "\n", laid_out.strip())
    digest = hmac.new(SECRET.reveal_bytes(), trimmed.encode(), hashlib.sha256).digest()
    assert fits(base64.urlsafe_b64encode(digest).decode(), login_values(LOGIN, said))


def test_twenty_thousand_mutated_addresses_have_wrong_signatures() -> None:
    seed = seed_of("EMBED_SEED")
    rolls = random.Random(seed)
    said = {**SAID, **MORE}
    right = sign(login_values(LOGIN, said), SECRET)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for _ in range(20_000):
        changed, signature = dict(said), right
        match rolls.randrange(5):
            case 0:
                at = rolls.randrange(42)
                signature = right[:at] + rolls.choice(alphabet.replace(right[at], "")) + right[at + 1 :]
            case 1:
                name = rolls.choice(list(changed))
                at = rolls.randrange(len(changed[name]))
                letter = rolls.choice(alphabet.replace(changed[name][at], ""))
                changed[name] = changed[name][:at] + letter + changed[name][at + 1 :]
            case 2:
                del changed[rolls.choice(list(MORE))]
            case 3:
                changed[rolls.choice(["email", "groups", "theme", "branch"])] = rolls.choice(alphabet)
            case _:
                signature = rolls.choice(["", right[:-1], right + "==", right.lower(), "é" * 43, "A" * 43])
        assert not fits(signature, login_values(LOGIN, changed)), f"seed {seed}"
