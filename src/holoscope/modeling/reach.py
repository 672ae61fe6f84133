"""Over which ways the views of a topic are reached (modeling digest §15, §18.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from holoscope.modeling.joins import Cardinality, Relationship
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic

_TO_MANY = (Cardinality.ONE_TO_MANY, Cardinality.MANY_TO_MANY)
_FROM_MANY = (Cardinality.MANY_TO_ONE, Cardinality.MANY_TO_MANY)
_BOTH_WAYS = (Cardinality.ONE_TO_ONE, Cardinality.MANY_TO_MANY)


@dataclass(frozen=True, slots=True)
class Step:
    """One join walked from `parent` to `child`; `fans_out` when a row of the parent may meet many."""

    parent: str
    child: str
    fans_out: bool
    relationship: Relationship


def joins_of(topic: Topic, model: Model) -> tuple[Relationship, ...]:
    """Return the joins that hold in a topic; its own replace the model's between the same two views."""
    own = {frozenset((item.left, item.right)) for item in topic.relationships}
    others = (item for item in model.relationships if frozenset((item.left, item.right)) not in own)
    return (*topic.relationships, *others)


def ways(base: str, relationships: Iterable[Relationship]) -> Mapping[str, tuple[Step, ...]]:
    """Return, for each view reached from `base` without fan-out, the last steps of its shortest ways.

    They come in the order in which a query tries them: the first is taken.
    """
    steps: dict[str, list[Step]] = {}
    for relationship in relationships:
        for step in _steps(relationship):
            steps.setdefault(step.parent, []).append(step)
    found: dict[str, tuple[Step, ...]] = {}
    level = [base]
    while level:
        reached: dict[str, tuple[Step, ...]] = {}
        for view in level:
            for step in steps.get(view, ()):
                if step.fans_out or step.child == base or step.child in found:
                    continue
                reached[step.child] = (*reached.get(step.child, ()), step)
        found.update(reached)
        level = list(reached)
    return found


def _steps(relationship: Relationship) -> Iterator[Step]:
    left, right, cardinality = relationship.left, relationship.right, relationship.cardinality
    yield Step(left, right, cardinality in _TO_MANY, relationship)
    if relationship.reversible or cardinality in _BOTH_WAYS:
        yield Step(right, left, cardinality in _FROM_MANY, relationship)
