"""Names of the model and the values of dimensions on joined rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic
from support.naive import expressions, grains
from support.naive.conditions import Setting
from support.naive.types import Joined, Refusal, Row

_DAYS = [day.lower() for day in grains.DAYS]


@dataclass(frozen=True)
class Name:
    """A requested name, taken apart. `typed` is the request's own spelling."""

    typed: str
    view: str
    field: str
    grain: str | None

    @property
    def key(self) -> tuple[str, str, str | None]:
        return self.view, self.field, self.grain


class Fields:
    """Look-up and evaluation of fields for one query."""

    def __init__(
        self, model: Model, topic: Topic | None, tables: Mapping[str, list[Row]], setting: Setting
    ) -> None:
        self.model, self.topic, self.tables, self.setting = model, topic, tables, setting
        self._memo: dict[tuple[int, str, str, str | None], Any] = {}
        self._alone: dict[tuple[str, str], bool] = {}
        self._dates: dict[tuple[str, str], bool | None] = {}

    # -- names ------------------------------------------------------------------------------------

    def split(self, typed: str) -> Name:
        text, _, grain = typed.partition("[")
        view, _, field = text.strip().partition(".")
        view = next((name for name, one in self.model.views.items() if view in one.aliases), view)
        if view in self.model.views:
            found = self.model.views[view]
            for pool in (found.dimensions, found.measures):
                field = next((name for name, one in pool.items() if field in one.aliases), field)
        return Name(typed, view, field, grain.rstrip("]").strip().lower() or None)

    def dimension(self, view: str, field: str) -> Dimension | None:
        found = self.model.views.get(view)
        return found.dimensions.get(field) if found else None

    def measure(self, view: str, field: str) -> Measure | None:
        found = self.model.views.get(view)
        return found.measures.get(field) if found else None

    def legal(self, name: Name) -> bool:
        """Whether the name exists for the asker and its grain fits the field."""
        if not self.visible(name):
            return False
        if name.grain is None:
            return True
        dates = self.dates(name.view, name.field)
        if dates is None or name.grain not in grains.LEGAL or self.measure(name.view, name.field):
            return False
        return not (dates and name.grain in grains.CLOCK)

    def visible(self, name: Name) -> bool:
        found = self.dimension(name.view, name.field) or self.measure(name.view, name.field)
        if found is None or found.ignored or self.model.views[name.view].ignored:
            return False
        return self.granted(self.model.views[name.view].required_access_grants) and self.granted(
            found.required_access_grants
        )

    def granted(self, required: tuple[str, ...] | None) -> bool:
        """Elements AND-ed; inside one, `|` is OR and `&` binds tighter (modeling digest §17)."""

        def one(name: str) -> bool:
            grant = self.model.access_grants.get(name.strip())
            mine = self.setting.attributes.get(grant.user_attribute, ()) if grant else ()
            return bool(grant and set(mine) & set(grant.allowed_values))

        return all(
            any(all(one(name) for name in term.split("&")) for term in element.split("|"))
            for element in required or ()
        )

    # -- what a field needs -------------------------------------------------------------------------

    def views_of(self, view: str, field: str, depth: int = 0) -> set[str]:
        """Views whose rows the field reads, its own included."""
        if depth > 20:
            raise Refusal("invalid_query", f"cycle through {view}.{field}")
        found = self.dimension(view, field) or self.measure(view, field)
        if found is None:
            raise Refusal("no_such_field", f'No such field "{view}.{field}"')
        needed = {view}
        for ref in expressions.references(expressions.parse(found.sql)) if found.sql else ():
            other = self.reference(view, ref)
            needed |= self.views_of(other.view, other.field, depth + 1)
        for name in found.filters if isinstance(found, Measure) else ():
            other = self.split(name)
            needed |= self.views_of(other.view, other.field, depth + 1)
        return needed

    def reference(self, view: str, ref: str) -> Name:
        """Resolve `${ref}` written in `view`; an aliased copy's own name stands for the copy."""
        if "." not in ref.partition("[")[0]:
            return self.split(f"{view}.{ref}")
        name = self.split(ref)
        own = self.model.views.get(view)
        if own is not None and own.alias_of == name.view:
            return Name(name.typed, view, name.field, name.grain)
        return name

    # -- values ---------------------------------------------------------------------------------------

    def rows(self, view: str) -> list[Row]:
        return self.tables[self.model.views[view].alias_of or view]

    def raw(self, joined: Joined, view: str, field: str) -> Any:
        """The stored value of a dimension."""
        return self.at_grain(joined, view, field, "stored")

    def shown(self, joined: Joined, name: Name) -> Any:
        """The value a result shows: times on the wall clock of the query zone."""
        return self.at_grain(joined, name.view, name.field, name.grain)

    def at_grain(self, joined: Joined, view: str, field: str, grain: str | None) -> Any:
        own = joined.get(view)
        if own is None or not self._is_alone(view, field):
            return self._compute(joined, view, field, grain)
        key = (id(own), view, field, grain)
        if key not in self._memo:
            self._memo[key] = self._compute(joined, view, field, grain)
        return self._memo[key]

    def _is_alone(self, view: str, field: str) -> bool:
        if (view, field) not in self._alone:
            self._alone[view, field] = self.views_of(view, field) == {view}
        return self._alone[view, field]

    def _compute(self, joined: Joined, view: str, field: str, grain: str | None) -> Any:
        dimension = self.dimension(view, field)
        if dimension is None:
            raise Refusal("no_such_field", f'No such field "{view}.{field}"')
        if dimension.sql is None:
            value = _column(joined.get(view), field)
        else:
            value = self.run(dimension.sql, view, joined)
        if grain == "stored" or (grain is None and not grains.is_time(value)):
            return value
        on_query_clock = "[" in (dimension.sql or "")  # made of a grain, which was converted already
        convert = dimension.convert_tz and not on_query_clock
        time = grains.local(value, self.setting.zone, convert=convert)
        utc = None if value is None else grains.local(value, "UTC")
        return grains.apply(grain, time, self.week_start(dimension), utc)

    def run(self, sql: str, view: str, joined: Joined) -> Any:
        return expressions.run(expressions.parse(sql), _RowEnv(self, view, joined))

    def week_start(self, dimension: Dimension | None = None) -> int:
        named = (dimension and dimension.week_start_day) or (self.topic and self.topic.week_start_day)
        return _DAYS.index((named or self.model.week_start_day).lower())

    def dates(self, view: str, field: str) -> bool | None:
        """True for pure dates, False for timestamps, None for anything else; told by the values."""
        key = (view, field)
        if key not in self._dates:
            dimension = self.dimension(view, field)
            self._dates[key] = None
            if dimension is not None:
                values = (self.raw({view: row}, view, field) for row in self.rows(view))
                sample = next((value for value in values if value is not None), None)
                if isinstance(sample, date):
                    self._dates[key] = not isinstance(sample, datetime)
        return self._dates[key]


class _RowEnv:
    def __init__(self, fields: Fields, view: str, joined: Joined) -> None:
        self.fields, self.view, self.joined = fields, view, joined

    def ref(self, name: str) -> Any:
        found = self.fields.reference(self.view, name)
        return self.fields.at_grain(self.joined, found.view, found.field, found.grain or "stored")

    def column(self, name: str) -> Any:
        return _column(self.joined.get(self.view), name)


def _column(row: Row | None, name: str) -> Any:
    return None if row is None else row[name.lower()]
