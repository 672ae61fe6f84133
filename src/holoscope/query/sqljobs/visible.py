"""Which fields templates in hand-written SQL may name."""

from __future__ import annotations

from holoscope.kit.errors import NoSuchField
from holoscope.modeling.templates import Token, TokenKind, read_template
from holoscope.query.resolve import Resolver


def require_visible_templates(text: str, resolver: Resolver) -> None:
    """Refuse templates about fields that are hidden from the asker: they are unknown here too.

    Raises:
        NoSuchField: a template names such a field, or none.
    """
    for part in read_template(text).named():
        if (isinstance(part, Token) and part.kind is TokenKind.ATTRIBUTE) or not part.field:
            continue
        name = f"{part.view}.{part.field}"
        if resolver.lookup.find(name) is None and resolver.lookup.find_filter(name) is None:
            raise NoSuchField(name)
