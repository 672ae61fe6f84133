"""What the rules look at that run on the finished model."""

from __future__ import annotations

from dataclasses import dataclass

from holoscope.modeling.draft import Draft
from holoscope.modeling.model import Model


@dataclass(frozen=True, slots=True)
class Advised:
    """The model, what it was made from, and the user attributes there are (None: not known)."""

    model: Model
    draft: Draft
    attributes: frozenset[str] | None
