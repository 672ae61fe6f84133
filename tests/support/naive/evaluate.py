"""One query, start to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.topics import AccessFilter, Topic
from support.naive import conditions, expressions, grains, joins
from support.naive.fields import Fields, Name
from support.naive.functions import like
from support.naive.measures import measure_value, require_keys
from support.naive.order import sort_indices
from support.naive.types import Answer, Joined, Refusal, Row


def evaluate(
    model: Model,
    body: Mapping[str, Any],
    tables: Mapping[str, list[Row]],
    *,
    attributes: Mapping[str, tuple[str, ...]],
    now: datetime,
    time_zone: str = "UTC",
) -> Answer:
    """Answer the wire query `body` from `tables` (view name -> rows, column names in lower case).

    Raises:
        Refusal: the query must be refused.
    """
    return _Query(model, dict(body), tables, attributes, now, time_zone).answer()


@dataclass
class _Column:
    """One selected field."""

    name: Name
    measure: Measure | None
    dimension: Dimension | None
    paired: bool


class _Query:
    def __init__(
        self,
        model: Model,
        body: dict[str, Any],
        tables: Mapping[str, list[Row]],
        attributes: Mapping[str, tuple[str, ...]],
        now: datetime,
        time_zone: str,
    ) -> None:
        self.model, self.body = model, body
        named = body.get("join_paths_from_topic_name")
        self.topic: Topic | None = model.topics.get(named) if named else None
        if named and self.topic is None:
            raise Refusal("not_found", f'No such topic "{named}" or access not permitted')
        self.base = self.topic.base_view if self.topic else body.get("table", "")
        if self.base not in model.views:
            raise Refusal("not_found", f'No such view "{self.base}"')
        wall = grains.local(now.astimezone(UTC).replace(tzinfo=None), time_zone)
        assert wall is not None
        self.setting = conditions.Setting(wall, time_zone, 0, dict(attributes))
        self.fields = Fields(model, self.topic, tables, self.setting)
        self.setting = self.fields.setting = replace(self.setting, week_start=self.fields.week_start())
        self.missing: list[str] = []
        self.columns = self._columns()
        self.where: list[tuple[Name, conditions.c.Condition]] = []
        self.having: list[tuple[Measure, conditions.c.Condition]] = []
        self._read_filters()

    # -- reading the request --------------------------------------------------------------------------

    def _columns(self) -> list[_Column]:
        if self.topic is not None:
            required = self.topic.required_access_grants
            if not self.fields.granted(
                self.model.default_topic_required_access_grants if required is None else required
            ):
                raise Refusal("not_found", f'No such topic "{self.topic.name}" or access not permitted')
        found: list[_Column] = []
        for typed in dict.fromkeys(self.body.get("fields", [])):
            name = self.fields.split(typed)
            if not self.fields.legal(name):
                self.missing.append(typed)
                continue
            measure = self.fields.measure(name.view, name.field)
            dimension = self.fields.dimension(name.view, name.field)
            paired = name.grain in grains.PAIRED if dimension else self._yields_time(measure)
            found.append(_Column(name, measure, dimension, paired))
        return found

    def _yields_time(self, measure: Measure | None) -> bool:
        """Smallest and largest times come as a pair too (query digest §4.2)."""
        if measure is None or measure.aggregate is None or measure.aggregate.value not in ("min", "max"):
            return False
        rows = self.fields.rows(measure.view)
        values = (self.fields.run(measure.sql or "", measure.view, {measure.view: row}) for row in rows)
        return isinstance(next((value for value in values if value is not None), None), datetime)

    def _read_filters(self) -> None:
        for typed, body in (self.body.get("filters") or {}).items():
            name = self.fields.split(typed)
            if not self.fields.visible(name):
                if str(body.get("ignore_if_unjoinable")).lower() == "true":
                    continue
                raise Refusal("no_such_field", f'No such field "{typed}"')
            if str(body.get("ignore_if_unjoinable")).lower() == "true" and not self._reachable(name):
                continue
            self._add(name, conditions.from_wire(body))
        if self.topic is not None:
            for typed, condition in (
                *self.topic.always_where_filters.items(),
                *self.topic.always_having_filters.items(),
            ):
                self._add(self.fields.reference(self.base, typed), condition)

    def _add(self, name: Name, condition: conditions.c.Condition) -> None:
        measure = self.fields.measure(name.view, name.field)
        if measure is not None:
            self.having.append((measure, condition))
        else:
            self.where.append((name, condition))

    def _reachable(self, name: Name) -> bool:
        try:
            joins.plan(self.model, self.topic, self.base, self.fields.views_of(name.view, name.field))
        except Refusal:
            return False
        return True

    def _access_filters(self) -> tuple[AccessFilter, ...]:
        if self.topic is None:
            return ()
        mine = self.topic.access_filters
        return self.model.default_topic_access_filters if mine is None else mine

    def _sorts(self) -> list[tuple[Name, Measure | None]]:
        found = []
        for sort in self.body.get("sorts") or []:
            name = self.fields.split(sort["column_name"])
            if not self.fields.visible(name):
                raise Refusal("no_such_field", f'No such field "{sort["column_name"]}"')
            found.append((name, self.fields.measure(name.view, name.field)))
        return found

    # -- rows -------------------------------------------------------------------------------------------

    def _plan(self, *, with_rules: bool = True) -> list[joins.Step]:
        names = [column.name for column in self.columns]
        names += [name for name, _ in self.where]
        names += [name for name, _ in self._sorts()]
        names += [self.fields.split(measure.qualified_name) for measure, _ in self.having]
        rules = [rule for rule in self._access_filters() if not self._is_waived(rule)]
        names += [self.fields.reference(self.base, rule.field) for rule in rules if with_rules]
        for sql in self._always_sql():
            names += [self.fields.split(ref) for ref in expressions.references(expressions.parse(sql))]
        for column in self.columns:
            if column.dimension and column.dimension.order_by_field:
                names.append(self.fields.reference(column.name.view, column.dimension.order_by_field))
        needed = {view for name in names for view in self.fields.views_of(name.view, name.field)}
        steps = joins.plan(self.model, self.topic, self.base, needed)
        measures = [column.measure for column in self.columns] + [measure for measure, _ in self.having]
        measures += [measure for _, measure in self._sorts()]
        for measure in measures:
            if measure is not None:
                require_keys(self.fields, measure, steps)
        return steps

    def _always_sql(self) -> list[str]:
        return [self.topic.always_where_sql] if self.topic and self.topic.always_where_sql else []

    def _rows(self, steps: list[joins.Step]) -> list[Joined]:
        """Rows that pass. What only rules join repeats no row and adds none: it says which are shown."""
        found, alone = self._joined(steps), self._plan(with_rules=False)
        if len(alone) == len(steps):
            return found
        views = [self.base, *(step.right for step in alone)]

        def same(row: Joined) -> tuple[int, ...]:
            return tuple(id(row.get(view)) for view in views)

        shown = set(map(same, found))
        return [row for row in self._joined(alone, with_rules=False) if same(row) in shown]

    def _joined(self, steps: list[joins.Step], *, with_rules: bool = True) -> list[Joined]:
        def value(joined: Joined, view: str, ref: str) -> object:
            field, _, grain = ref.rpartition(".")[2].partition("[")
            return self.fields.at_grain(joined, view, field, grain.rstrip("]").lower() or "stored")

        def test(joined: Joined, sql: str) -> bool:
            return self.fields.run(sql, self.base, joined) is True

        rows = joins.join(self.base, steps, self.fields.rows, value, test)
        extra = [step.relationship.where_sql for step in steps if step.relationship.where_sql]
        for sql in extra + self._always_sql():
            rows = [row for row in rows if test(row, sql)]
        rules = self._access_filters() if with_rules else ()
        return [row for row in rows if self._passes(row) and all(self._permits(rule, row) for rule in rules)]

    def _passes(self, joined: Joined) -> bool:
        for name, condition in self.where:
            dimension = self.fields.dimension(name.view, name.field)
            setting = replace(
                self.setting,
                convert=dimension is None or dimension.convert_tz,
                week_start=self.fields.week_start(dimension),
            )
            value = self.fields.at_grain(joined, name.view, name.field, name.grain or "stored")
            if not conditions.holds(condition, value, setting):
                return False
        return True

    def _is_waived(self, rule: AccessFilter) -> bool:
        """A rule that does not hold for the asker joins nothing either (query digest §3.9)."""
        mine = self.setting.attributes.get(rule.user_attribute) or ()
        return bool(set(mine) & set(rule.values_for_unfiltered))

    def _permits(self, rule: AccessFilter, joined: Joined) -> bool:
        mine = self.setting.attributes.get(rule.user_attribute)
        if not mine:
            raise Refusal("forbidden", f"user attribute {rule.user_attribute} is not set")
        if self._is_waived(rule):
            return True
        name = self.fields.reference(self.base, rule.field)
        value = self.fields.raw(joined, name.view, name.field)
        if value is None:
            return False
        if rule.enable_sql_like_wildcards:
            return any(like(str(value), pattern) for pattern in mine)
        return str(value) in mine

    # -- answer -----------------------------------------------------------------------------------------

    def answer(self) -> Answer:
        for rule in self._access_filters():
            if not self.setting.attributes.get(rule.user_attribute):
                raise Refusal("forbidden", f"user attribute {rule.user_attribute} is not set")
        rows = self._rows(self._plan())
        measures = any(column.measure for column in self.columns) or bool(self.having)
        grouped = measures or self.body.get("default_group_by", True) not in (False, "false")
        dimensions = [column for column in self.columns if column.dimension]
        groups = self._groups(rows, dimensions, grouped)
        groups = [group for group in groups if self._having(group)]
        sorts = list(self.body.get("sorts") or [])
        keys = [self._sort_key(group) for group in groups]
        order = sort_indices(keys, sorts)
        start = int(self.body.get("offset") or 0)
        limit = self.body.get("limit", 1000)
        order = order[start:] if limit is None else order[start : start + int(limit)]
        answer = Answer(self._header(), [], missing=self.missing)
        for index in order:
            answer.rows.append(self._record(groups[index], dimensions))
            answer.classes.append("data")
            answer.sort_keys.append(tuple(keys[index]))
        self._totals(answer, [row for group in groups for row in group], dimensions)
        return answer

    def _groups(self, rows: list[Joined], dimensions: list[_Column], grouped: bool) -> list[list[Joined]]:
        if not grouped:
            return [[row] for row in rows]
        if not dimensions:
            return [rows]
        found: dict[tuple[Any, ...], list[Joined]] = {}
        for row in rows:
            key = tuple(self.fields.shown(row, column.name) for column in dimensions)
            found.setdefault(key, []).append(row)
        return list(found.values())

    def _having(self, group: list[Joined]) -> bool:
        setting = replace(self.setting, three_valued=True)
        return all(
            conditions.holds(condition, measure_value(self.fields, measure, group), setting)
            for measure, condition in self.having
        )

    def _sort_key(self, group: list[Joined]) -> list[Any]:
        key: list[Any] = []
        for name, measure in self._sorts():
            if measure is not None:
                key.append(measure_value(self.fields, measure, group))
                continue
            dimension = self.fields.dimension(name.view, name.field)
            assert dimension is not None
            by = name
            if name.grain in grains.SORTED_BY:
                by = replace(name, grain=grains.SORTED_BY[name.grain])
            elif dimension.order_by_field:
                by = self.fields.reference(name.view, dimension.order_by_field)
            key.append(self.fields.shown(group[0], by))
        return key

    def _header(self) -> list[str]:
        first = [column.name.typed + ("__raw" if column.paired else "") for column in self.columns]
        return first + [column.name.typed for column in self.columns if column.paired]

    def _record(self, group: list[Joined], kept: list[_Column]) -> tuple[Any, ...]:
        """One output row; dimensions outside `kept` are rolled up, so NULL."""
        first: list[Any] = []
        last: list[Any] = []
        for column in self.columns:
            if column.measure is not None:
                value = measure_value(self.fields, column.measure, group)
                if column.paired:
                    value = grains.local(value, self.setting.zone)
                    last.append(value and f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}")
            else:
                value = self.fields.shown(group[0], column.name) if column in kept else None
                if column.paired:
                    last.append(grains.partner(column.name.grain, value))
            first.append(value)
        return (*first, *last)

    def _totals(self, answer: Answer, rows: list[Joined], dimensions: list[_Column]) -> None:
        """Compute again over the rows of every group that passed the filters, the limit not minded."""
        asked = self.body.get("column_totals") or {}
        for place, column in enumerate(dimensions[:-1]):
            if column.name.typed in asked:
                kept = dimensions[: place + 1]
                for group in self._groups(rows, kept, True):
                    answer.rows.append(self._record(group, kept))
                    answer.classes.append(f"subtotal:{column.name.typed}")
        names = {column.name.typed for column in self.columns if column.measure}
        if dimensions and any(key == "::total::" or key in names for key in asked):
            answer.rows.append(self._record(rows, []))
            answer.classes.append("total")
