"""Views and fields by their names, old ones included, for anyone and as one asker sees the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holoscope.kit.errors import NoSuchField
from holoscope.kit.text import near
from holoscope.modeling.calendars import field_of_copy
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.views import View
from holoscope.query.grants import grants_hold
from holoscope.query.scope import Scope

AnyField = Dimension | Measure | FilterField
_MOST_VIEWS = 200
"""In how many views names like a wrong one are looked for."""


def find_view(model: Model, name: str) -> View | None:
    """Find a view by its name or an old one, whoever asks."""
    view = model.views.get(name)
    return view or next((item for item in model.views.values() if name in item.aliases), None)


def find_field(model: Model, name: str) -> AnyField | None:
    """Find any field, filter-only ones too, by `view.field` or an old name, whoever asks."""
    view_name, _, field_name = name.partition(".")
    view = find_view(model, view_name)
    if view is None or view.ignored:
        return None
    for group in (view.dimensions, view.measures, view.filters):
        if field_name in group:
            return group[field_name]
    return next((item for item in _fields(view) if field_name in item.aliases), None)


def _fields(view: View) -> Iterator[AnyField]:
    yield from view.fields
    yield from view.filters.values()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Finds names for one asker.

    `direct` use of a field is subject to access grants; a field that another field refers to is not.
    """

    model: Model
    scope: Scope

    def find_view(self, name: str) -> View | None:
        """Find a view by its name or an old one, if it exists for the asker."""
        view = find_view(self.model, name)
        return view if view is not None and not view.ignored and self._is_open(view) else None

    def _is_open(self, view: View) -> bool:
        return grants_hold(view.required_access_grants, self.model, self.scope)

    def find(self, name: str, *, direct: bool = True) -> Dimension | Measure | None:
        """Find a field by `view.field`; old names (`aliases`) resolve after exact ones."""
        view_name, _, field_name = name.partition(".")
        view = find_view(self.model, view_name)
        if view is None or view.ignored or not field_name:
            return None
        found = view.dimensions.get(field_name) or view.measures.get(field_name)
        if found is None:
            found = next((item for item in view.fields if field_name in item.aliases), None)
        if found is None or found.ignored:
            return None
        if direct and not self._is_granted(view, found):
            return None
        return found

    def find_filter(self, name: str, *, direct: bool = True) -> FilterField | None:
        """Find a filter-only field by `view.field`, as `find` does."""
        found = find_field(self.model, name)
        if not isinstance(found, FilterField):
            return None
        view = self.model.views[found.view]
        return None if direct and not self._is_granted(view, found) else found

    def _is_granted(self, view: View, found: AnyField) -> bool:
        if field_of_copy(view.name) is not None:
            return False  # a calendar is read through the field that has it
        return self._is_open(view) and grants_hold(found.required_access_grants, self.model, self.scope)

    def require(self, name: str) -> Dimension | Measure:
        """As `find`, for a name that must exist.

        Raises:
            NoSuchField: with the nearest known names.
        """
        found = self.find(name)
        if found is None:
            raise self.no_such_field(name)
        return found

    def no_such_field(self, name: str) -> NoSuchField:
        """Make the error of a name that means nothing, with those this asker may have meant."""
        base, _ = split_grain(name)
        view = self.find_view(base.partition(".")[0])
        views = [view] if view is not None else list(self.model.views.values())[:_MOST_VIEWS]
        visible = [
            item.qualified_name
            for owner in views
            for item in owner.fields
            if not item.hidden and not item.ignored and self._is_granted(owner, item)
        ]
        return NoSuchField(name, near=near(base, visible))

    # -- names as SQL of a view writes them ----------------------------------------------

    def meant(self, name: str, view: str, names: dict[str, str] | None = None) -> str:
        """Settle what a view's name means in SQL of `view`: in the copy an alias makes, the copy.

        `names` renames views, as aliased joins do.
        """
        here = self.model.views.get(view)
        if here is not None and here.alias_of == name:
            return view
        return (names or {}).get(name, name)

    def qualify(self, name: str, view: str) -> str:
        """Add the own view; inside the copy an aliased join makes, the original name means the copy."""
        owner, dot, field_name = name.partition(".")
        return f"{self.meant(owner, view)}.{field_name}" if dot else f"{view}.{name}"

    def settled(self, name: str, view: str) -> str | None:
        """Give the present name of a field that `view` refers to, timeframe kept; None for no field."""
        base, word = split_grain(name)
        found = self.find(self.qualify(base, view), direct=False)
        if found is None:
            return None
        return f"{found.qualified_name}[{word}]" if word else found.qualified_name

    def canonical(self, name: str, view: str) -> str:
        """As `settled`, for a name that must exist.

        Raises:
            NoSuchField: it does not.
        """
        found = self.settled(name, view)
        if found is None:
            raise NoSuchField(name)
        return found
