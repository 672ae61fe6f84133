"""Random SCIM filters: sound ones out of the grammar, and ruins of them."""

from __future__ import annotations

from random import Random

ATTRIBUTES = {
    "userName": "text",
    "displayName": "text",
    "emails.value": "text",
    "emails": "text",
    "externalId": "text",
    "active": "flag",
    "groups.display": "text",
    "urn:ietf:params:scim:schemas:core:2.0:User:userName": "text",
}
"""Attributes that both we and the library judge, and what they are compared with."""

MORE = {
    "id": "text",
    "meta.created": "moment",
    "meta.lastModified": "moment",
    "urn:omni:params:scim:schemas:extension:user:2.0:lastLogin": "moment",
    "urn:omni:params:1.0:UserAttribute:region": "text",
    "urn:omni:params:1.0:UserAttribute:level": "number",
    "groups.value": "text",
    "title": "text",
    "name.givenName": "text",
    "schemas": "text",
    "nothing": "text",
}
TEXTS = (
    "",
    "a",
    "ada",
    "Ada",
    "o",
    "@shop.example",
    "TESS@shop.example",
    "Analysts",
    "Süd",
    "%",
    "_",
    "7",
    "\\",
    "'",
    '"',
)
MOMENTS = ("2026-11-23T09:00:05Z", "2030-01-01", "2026-11-23T10:00:09.5+01:00")
ORDERS = ("eq", "ne", "gt", "ge", "lt", "le")
_INSIDE = {"emails": ("value", "primary"), "groups": ("display", "value")}


def sound_filter(random: Random, *, more: bool = False, depth: int = 3) -> str:
    """Make a filter that parses; with `more`, over attributes that the library does not know too."""
    roll = random.random()
    if depth and roll < 0.25:
        joint = random.choice((" and ", " or ", " AND "))
        return joint.join(
            sound_filter(random, more=more, depth=depth - 1) for _ in range(random.randint(2, 3))
        )
    if depth and roll < 0.35:
        return f"not ({sound_filter(random, more=more, depth=depth - 1)})"
    if depth and roll < 0.45:
        return f"({sound_filter(random, more=more, depth=depth - 1)})"
    if roll < 0.55:
        whole = random.choice(sorted(_INSIDE))
        inner = [_term(random, random.choice(_INSIDE[whole]), "text") for _ in range(random.randint(1, 2))]
        inner = [term if "primary" not in term else "primary eq true" for term in inner]
        return f"{whole}[{random.choice((' and ', ' or ')).join(inner)}]"
    known = {**ATTRIBUTES, **(MORE if more else {})}
    name = random.choice(sorted(known))
    return _term(random, name, known[name])


def ruined_filter(random: Random) -> str:
    """Take a sound filter and change it in one to four places."""
    text = sound_filter(random, more=True)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text) + 1)
        piece = random.choice(
            (
                "(",
                ")",
                "[",
                "]",
                '"',
                " ",
                "\\",
                "eq",
                "not",
                " and ",
                "\0",
                "null",
                "é",
                "-",
                "1e999",
                "\ud800",
                ".",
                ":",
            )
        )
        text = random.choice(
            (
                text[:at] + piece + text[at:],
                text[:at] + text[at + random.randint(1, 6) :],
                text[at:] + text[:at],
            )
        )
    return text


def _term(random: Random, name: str, kind: str) -> str:
    if random.random() < 0.15:
        return f"{name} pr"
    if kind == "flag":
        return f"{name} {random.choice(('eq', 'ne', 'EQ'))} {random.choice(('true', 'false'))}"
    if kind == "number":
        return f"{name} {random.choice(ORDERS)} {random.choice((7, 7.5, -1, 10**9))}"
    if kind == "moment":
        return f'{name} {random.choice(ORDERS)} "{random.choice(MOMENTS)}"'
    text = random.choice(TEXTS).replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} {random.choice(("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "Co"))} "{text}"'
