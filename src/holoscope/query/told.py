"""What an asker may be told of what the model's author wrote: nothing that names what a grant hides.

A field that does not exist for somebody does not stand in filters, samples, drill lists, keys or joins that
they are shown; nor does a value that somebody wrote about a field they see masked (docs/decisions/0070).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.modeling.model import Model
from holoscope.modeling.references import qualified
from holoscope.modeling.timeframes import split_grain
from holoscope.query.composites.visible import composite_is_visible
from holoscope.query.grants import grants_hold, topic_is_visible
from holoscope.query.lookup import find_field
from holoscope.query.scope import Scope

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def _is_shown(name: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Told:
    """Judges names and values for one asker; `is_masked` tells of a field whether they see digests of it."""

    model: Model
    scope: Scope
    is_masked: Callable[[str], bool] = _is_shown

    def may_name(self, name: str) -> bool:
        """Tell whether `view.field[grain]`, or a view alone, may be named; what does not exist may be."""
        view_name, dot, _ = name.partition(".")
        view = self.model.views.get(view_name)
        if view is not None and not grants_hold(view.required_access_grants, self.model, self.scope):
            return False
        found = find_field(self.model, split_grain(name)[0]) if dot else None
        if found is None:
            return True
        owner = self.model.views[found.view]
        required = (*(owner.required_access_grants or ()), *(found.required_access_grants or ()))
        return grants_hold(required, self.model, self.scope)

    def names(self, names: Iterable[str], view: str) -> list[str]:
        """Keep the names of fields that may be named; bare ones are fields of `view`."""
        return [name for name in names if self.may_name(qualified(name, view))]

    def filters(self, written: Mapping[str, Any], view: str) -> dict[str, Any]:
        """Keep the filters whose field may be named and whose value is no value of a masked one."""
        return {
            name: said
            for name, said in written.items()
            if self.may_name(qualified(name, view)) and not self._is_masked_field(qualified(name, view))
        }

    def _is_masked_field(self, name: str) -> bool:
        found = find_field(self.model, split_grain(name)[0])
        return found is not None and self.is_masked(found.qualified_name)

    def may_show(self, written: object) -> bool:
        """Tell whether no text anywhere in `written` names what the asker may not know of.

        Text about masked fields, which might hold their values, is not shown either.
        """
        return all(self._may_stand(name) for text in _texts(written) for name in _NAME.findall(text))

    def _may_stand(self, name: str) -> bool:
        model, scope = self.model, self.scope
        topic = model.topics.get(name)
        if topic is not None and not topic_is_visible(topic, model, scope):
            return name in model.views and self.may_name(name)
        composite = model.composite_topics.get(name)
        if composite is not None and not composite_is_visible(composite, model, scope):
            return False
        return self.may_name(name) and not self._is_masked_field(name)


def _texts(written: object) -> Iterator[str]:
    if isinstance(written, str):
        yield written
    elif isinstance(written, Mapping):
        for key, value in written.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(written, Iterable):
        for item in written:
            yield from _texts(item)
