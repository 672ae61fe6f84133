"""Which kept results may contain the answer to a question: found by the rows they are about."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from holoscope.query.compiled import CompiledQuery
from holoscope.query.reuse.containment import is_provable
from holoscope.query.reuse.implied import holds_in
from holoscope.query.reuse.signature import Signature
from holoscope.runs.cache import CacheKey

_OF_ONE_RELATION = 32
_IN_ALL = 1024


@dataclass(frozen=True, slots=True)
class Held:
    """A kept result: where it is, what it holds, and the cache policies it was fetched under."""

    key: CacheKey
    signature: Signature
    policies: tuple[str, ...]


class Index:
    """The newest results of each relation; the relations that were used last. On the event loop only."""

    def __init__(self) -> None:
        self._relations: OrderedDict[Hashable, OrderedDict[CacheKey, Held]] = OrderedDict()
        self._count = 0

    def note(self, key: CacheKey, compiled: CompiledQuery) -> bool:
        """Remember that the result of a query is kept; False when nothing can be proven about it."""
        signature = compiled.signature
        if signature is None:
            return False
        relation = _relation(key, signature)
        if key not in self._relations.get(relation, ()) and not is_provable(signature):
            return False
        self._add(relation, Held(key, signature, compiled.cache_policies))
        return True

    def _add(self, relation: Hashable, held: Held) -> None:
        found = self._relations.setdefault(relation, OrderedDict())
        self._relations.move_to_end(relation)
        self._count += held.key not in found
        found[held.key] = held
        found.move_to_end(held.key)
        if len(found) > _OF_ONE_RELATION:
            found.popitem(last=False)
            self._count -= 1
        while self._count > _IN_ALL:
            _, dropped = self._relations.popitem(last=False)
            self._count -= len(dropped)

    def candidates(self, key: CacheKey, signature: Signature) -> list[Held]:
        """List results about the same rows that leave out none of the question's, the newest first."""
        found = self._relations.get(_relation(key, signature))
        if found is None:
            return []
        return [
            held
            for held in reversed(found.values())
            if all(holds_in(part, signature.filters) for part in held.signature.filters)
        ]

    def forget(self, held: Held) -> None:
        """Drop a result that is kept no more."""
        relation = _relation(held.key, held.signature)
        found = self._relations.get(relation)
        if found is not None and found.pop(held.key, None) is not None:
            self._count -= 1
            if not found:
                del self._relations[relation]

    def __len__(self) -> int:
        return self._count


def _relation(key: CacheKey, signature: Signature) -> Hashable:
    """Name the rows: those of one opened connection, in one encoding."""
    state, dialect, format_, *_ = key
    return state, dialect, format_, signature.relation
