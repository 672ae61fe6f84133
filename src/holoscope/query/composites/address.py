"""Names in a composite topic: `@_shared_dimensions_.d[month]`, `@topic.view.field` (modeling digest §16)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from holoscope.modeling.composites import CompositeTopic
from holoscope.modeling.timeframes import split_grain

SHARED_DIMENSIONS = "@_shared_dimensions_"
SHARED_VIEWS = "@_shared_views_"
SHARED_MEASURES = "@_shared_measures_"


class Kind(Enum):
    """What a name points at."""

    SHARED_DIMENSION = SHARED_DIMENSIONS
    SHARED_VIEW = SHARED_VIEWS
    SHARED_MEASURE = SHARED_MEASURES
    MEMBER = "@"


@dataclass(frozen=True, slots=True)
class Address:
    """A name taken apart. `topic` is set for a member's field; `name` is what follows, without grain."""

    kind: Kind
    name: str
    grain: str | None = None
    topic: str = ""

    def in_member(self, topic: str, composite: CompositeTopic) -> str | None:
        """Give the field of a member that this name means there; None where it means nothing."""
        if self.kind is Kind.SHARED_DIMENSION:
            shared = composite.shared_dimensions.get(self.name)
            field = shared.mappings.get(topic) if shared else None
        elif self.kind is Kind.SHARED_VIEW:
            field = self.name if self.name.partition(".")[0] in composite.shared_views else None
        else:
            field = self.name if topic == self.topic else None
        return f"{field}[{self.grain}]" if field and self.grain else field


def parse_address(text: str) -> Address | None:
    """Take a name apart; None when it is none of a composite topic."""
    prefix, dot, rest = text.partition(".")
    if not text.startswith("@") or not dot:
        return None
    name, grain = split_grain(rest)
    shared = {kind.value: kind for kind in Kind if kind is not Kind.MEMBER}
    if prefix in shared:
        return Address(shared[prefix], name, grain)
    return Address(Kind.MEMBER, name, grain, prefix[1:]) if "." in name else None
