"""Which view or field a name means, and why it means none (modeling digest §18.1, §18.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.views import View

AnyField = Dimension | Measure
MOST_HINTS = 200
"""How many suggestions one load looks for: each compares with every known name."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a name cannot be used."""

    code: Code
    message: str
    fix: str | None = None


class Names:
    """Looks up views and fields; exact names come first, then join aliases, then old names.

    `templates` exist only to be extended. `lost_views` and `lost_fields` (`view.field`) exist in the
    files but are left out of the model.
    """

    def __init__(
        self,
        views: Mapping[str, View],
        aliases: Mapping[str, str],
        lost_views: Iterable[str],
        lost_fields: Iterable[str],
        templates: Iterable[str] = (),
        excluded: Iterable[str] = (),
        *,
        has_fiscal_year: bool = False,
    ) -> None:
        self.views = views
        self.aliases = aliases
        self.has_fiscal_year = has_fiscal_year
        self.lost_views = frozenset(lost_views)
        self.lost_fields = set(lost_fields)
        self.templates = frozenset(templates)
        self.excluded = frozenset(excluded)
        self._old_views = {old: name for name, view in views.items() for old in view.aliases}
        self._hints = 0
        self._old_fields: dict[str, dict[str, AnyField]] = {}

    def over(
        self,
        views: Mapping[str, View],
        *,
        lost_views: Iterable[str] | None = None,
        lost_fields: Iterable[str] | None = None,
    ) -> Names:
        """Return the same names over other views."""
        return Names(
            views,
            self.aliases,
            self.lost_views if lost_views is None else lost_views,
            self.lost_fields if lost_fields is None else lost_fields,
            self.templates,
            self.excluded,
            has_fiscal_year=self.has_fiscal_year,
        )

    def original(self, name: str) -> View | None:
        """Return the view a name means; for a join alias, the view it copies."""
        view = self.views.get(name)
        if view is None:
            view = self.views.get(self.aliases.get(name) or self._old_views.get(name, ""))
        return view

    def canonical(self, name: str) -> str:
        """Replace an old view name by the present one; anything else stays."""
        if name in self.views or name in self.aliases:
            return name
        return self._old_views.get(name, name)

    def find(self, view_name: str, field_name: str) -> AnyField | None:
        """Return the field, or None when there is none that may be referred to."""
        view = self.original(view_name)
        if view is None or view.ignored:
            return None
        field: AnyField | None = view.dimensions.get(field_name) or view.measures.get(field_name)
        if field is None:
            field = self._old_names(view).get(field_name)
        if field is None or field.ignored or f"{view.name}.{field.name}" in self.lost_fields:
            return None
        return field

    def find_filter(self, view_name: str, field_name: str) -> FilterField | None:
        """Return the filter-only field of that name or old name, None when there is none."""
        view = self.original(view_name)
        if view is None or view.ignored:
            return None
        known = view.filters.get(field_name)
        return known or next((item for item in view.filters.values() if field_name in item.aliases), None)

    def explain_any(self, view_name: str, field_name: str) -> Problem | None:
        """As `explain_field`, where a filter-only field may stand too."""
        if self.find_filter(view_name, field_name) is not None:
            return None
        problem = self.explain_field(view_name, field_name)
        view = self.original(view_name)
        if problem is None or view is None or problem.code is not Code.UNKNOWN_FIELD:
            return problem
        found = self.hint(field_name, chain(view.filters, view.dimensions, view.measures))
        return Problem(problem.code, problem.message, f"Did you mean {view_name}.{found}?" if found else None)

    def explain_view(self, name: str) -> Problem | None:
        """Say why a view cannot be used; None when it can."""
        view = self.original(name)
        if view is not None:
            if view.ignored:
                return Problem(Code.IGNORED_REFERENCE, f'The view "{name}" is ignored.')
            return None
        if self.aliases.get(name, name) in self.templates:
            message = f'The view "{name}" is a template: it can be extended, and nothing else.'
            return Problem(Code.TEMPLATE_REFERENCE, message)
        if self.aliases.get(name, name) in self.excluded:
            message = f'The view "{name}" is not included in the model.'
            return Problem(Code.VIEW_NOT_INCLUDED, message, "Change included_views or ignored_views.")
        if self.aliases.get(name, name) in self.lost_views:
            message = f'The view "{name}" is left out of the model because of its own errors.'
            return Problem(Code.BROKEN_REFERENCE, message)
        return Problem(Code.UNKNOWN_VIEW, f"No such view '{name}'.", self._near_view(name))

    def explain_field(self, view_name: str, field_name: str) -> Problem | None:
        """Say why a field cannot be referred to; None when it can."""
        if self.find(view_name, field_name) is not None:
            return None
        problem = self.explain_view(view_name)
        if problem is not None:
            return problem
        view = self.original(view_name)
        if view is None:
            return None
        name = f"{view_name}.{field_name}"
        if f"{view.name}.{field_name}" in self.lost_fields:
            message = f'The field "{name}" is left out of the model because of its own errors.'
            return Problem(Code.BROKEN_REFERENCE, message)
        if field_name in view.dimensions or field_name in view.measures:
            return Problem(Code.IGNORED_REFERENCE, f'The field "{name}" is ignored.')
        found = self.hint(field_name, chain(view.dimensions, view.measures))
        fix = f"Did you mean {view_name}.{found}?" if found else None
        return Problem(Code.UNKNOWN_FIELD, f'No such field "{name}".', fix)

    def hint(self, name: str, known: Iterable[str]) -> str | None:
        """Return the nearest known name, as long as not too many were asked for."""
        self._hints += 1
        if self._hints > MOST_HINTS:
            return None
        found = near(name, known, limit=1)
        return found[0] if found else None

    def _old_names(self, view: View) -> dict[str, AnyField]:
        known = self._old_fields.get(view.name)
        if known is None:
            known = {
                old: field
                for group in (view.dimensions, view.measures)
                for field in group.values()
                for old in field.aliases
            }
            self._old_fields[view.name] = known
        return known

    def _near_view(self, name: str) -> str | None:
        found = self.hint(name, chain(self.views, self.aliases))
        return f"Did you mean '{found}'?" if found else None
