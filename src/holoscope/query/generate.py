"""A plan becomes a SQL tree. Decides nothing; asks no dialect but for its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from holoscope.query.fills.write import with_fills
from holoscope.query.plan.node import (
    ROW,
    Join,
    OrderKey,
    Part,
    QueryPlan,
    Table,
    Total,
    call_column,
    key_column,
    select_rows,
)
from holoscope.query.spec import NullSort, Sort
from holoscope.sql.markers import keys_meet
from holoscope.sql.quoting import output
from holoscope.sql.trees import cast, copy_of, replaced

GROUPING = "$omni_group_grouping"
INDICATOR = "$omni_column_total_indicator"
TOTAL_SORT = "$omni_total_sort"
ROW_INDICATOR = "$omni_row_total_indicator"
_GROUPED = "grouped"
_SET = "g"


def generate(plan: QueryPlan) -> exp.Select:
    """Write a plan down as one SELECT."""
    if plan.totals:
        return _with_totals(plan)
    if not plan.grouped or (not plan.fills and len(plan.parts) == 1 and not plan.parts[0].once_per):
        return _flat(plan)
    return _staged(plan)


# -- one level ---------------------------------------------------------------------------


def _flat(plan: QueryPlan) -> exp.Select:
    """SELECT, FROM, WHERE, GROUP BY, HAVING, ORDER BY and LIMIT in one level."""
    calls = dict(plan.parts[0].calls) if plan.parts else {}
    values = _placeholders(plan.keys, calls)
    select = select_rows(plan.rows)
    select.set("expressions", [output(_fill(item.value, values), item.name) for item in plan.outputs])
    if plan.grouped and plan.keys:
        terms = [_group_term(key, plan, number) for number, key in enumerate(plan.keys)]
        select.set("group", exp.Group(expressions=terms))
    if plan.passing:
        conditions = [_fill(condition, values) for condition in plan.passing]
        select.set("having", exp.Having(this=exp.and_(*conditions, copy=False)))
    positions = _positions(plan)
    terms = [ordered(_position(key.value, positions) or _fill(key.value, values), key) for key in plan.order]
    return limited(_sorted(select, terms, plan), plan.limit_rows, plan.offset_rows)


def _group_term(key: exp.Expr, plan: QueryPlan, number: int) -> exp.Expr:
    """Group by position where the key is a result column as it is, else by its expression."""
    for position, item in enumerate(plan.outputs, start=1):
        if isinstance(item.value, exp.Column) and item.value.name == key_column(number):
            return exp.Literal.number(position)
    return key.copy()


def _positions(plan: QueryPlan) -> dict[exp.Expr, str]:
    """Places of the columns that an ORDER BY may name; a window's order has no such short words."""
    if plan.numbered:
        return {}
    return {item.value: str(n) for n, item in enumerate(plan.outputs, start=1)}


def _position(value: exp.Expr, positions: Mapping[exp.Expr, str]) -> exp.Expr | None:
    found = positions.get(value)
    return exp.Literal.number(found) if found is not None else None


def _placeholders(keys: tuple[exp.Expr, ...], calls: Mapping[int, exp.Expr]) -> dict[str, exp.Expr]:
    values = {key_column(number): key for number, key in enumerate(keys)}
    values.update({call_column(number): call for number, call in calls.items()})
    return values


def _fill(tree: exp.Expr, values: Mapping[str, exp.Expr]) -> exp.Expr:
    """Put expressions in the place of `k<n>` and `a<n>`."""

    def change(node: exp.Expr) -> exp.Expr:
        filled = None if node.args.get("table") else values.get(node.name)
        return node if filled is None else copy_of(filled)

    return replaced(tree, change)


# -- grouped below, chosen above -------------------------------------------------------------


def _staged(plan: QueryPlan) -> exp.Select:
    """Group in sub-selects, one per part, joined on their keys; filter, sort and limit above."""
    groups, passing = _merged(plan), plan.passing
    if plan.fills:
        groups, passing = with_fills(plan, groups, passing, None), ()
    select = exp.select().from_(groups.subquery(_GROUPED, copy=False), copy=False)
    for item in plan.outputs:
        select = select.select(output(_qualified(item.value), item.name), copy=False)
    for condition in passing:
        select = select.where(_qualified(condition), copy=False)
    positions = _positions(plan)
    terms = [ordered(_position(key.value, positions) or _qualified(key.value), key) for key in plan.order]
    return limited(_sorted(select, terms, plan), plan.limit_rows, plan.offset_rows)


def _qualified(tree: exp.Expr) -> exp.Expr:
    return replaced(tree, lambda node: node if node.args.get("table") else exp.column(node.name, _GROUPED))


def _merged(plan: QueryPlan) -> exp.Query:
    """Join the parts on their keys, NULL meeting NULL; every part has the same groups.

    Only a grand total over no rows is in the plain part alone, so then the others join by LEFT.
    """
    grand = any(not total.keeps for total in plan.totals)
    parts = (Part(()), *plan.parts) if grand and plan.parts[0].once_per else plan.parts
    if len(parts) == 1:
        return _part(plan, parts[0])
    names = [f"p{number}" for number in range(len(parts))]
    shared = [key_column(number) for number in range(len(plan.keys))] + ([_SET] if plan.totals else [])
    select = exp.select(*(exp.column(name, names[0]) for name in shared))
    for name, part in zip(names, parts, strict=True):
        for number, call in part.calls:
            select = select.select(_of_part(call, number, name, optional=grand), copy=False)
    select = select.from_(_part(plan, parts[0]).subquery(names[0], copy=False), copy=False)
    for name, part in zip(names[1:], parts[1:], strict=True):
        meets = [keys_meet(exp.column(key, names[0]), exp.column(key, name)) for key in shared]
        select = select.join(
            _part(plan, part).subquery(name, copy=False),
            on=exp.and_(*meets, copy=False) if meets else None,
            join_type=("LEFT" if grand else "INNER") if meets else "CROSS",
            copy=False,
        )
    return select


def _of_part(call: exp.Expr, number: int, part: str, *, optional: bool) -> exp.Expr:
    """Take a call's value from a part; a sum over no rows is 0 where the part has no row at all."""
    name = call_column(number)
    value = exp.column(name, part)
    if not (optional and isinstance(call, exp.Coalesce)):
        return value
    return exp.alias_(exp.Coalesce(this=value, expressions=[exp.Literal.number(0)]), name)


def _part(plan: QueryPlan, part: Part) -> exp.Query:
    """Aggregate the rows for one part into columns `k<n>`, `a<n>` and, with totals, `g`."""
    if part.once_per:
        return _once(plan, part)
    return _levels(plan, (), [(call_column(number), call) for number, call in part.calls])


def _once(plan: QueryPlan, part: Part) -> exp.Select:
    """Group rows by the groups and the counting key, then aggregate one value per key."""
    kept: list[tuple[str, exp.Expr]] = [
        (f"v{number}", exp.Max(this=copy_of(operand))) for number, operand in enumerate(part.operands)
    ]
    inner = _levels(plan, part.once_per, kept)
    groups: list[exp.Expr] = [exp.column(key_column(number)) for number in range(len(plan.keys))]
    if plan.totals:
        groups.append(exp.column(_SET))
    select = exp.select(*(group.copy() for group in groups))
    for number, call in part.calls:
        select = select.select(exp.alias_(copy_of(call), call_column(number)), copy=False)
    select = select.from_(inner.subquery("once", copy=False), copy=False)
    return select.group_by(*groups, copy=False) if groups else select


Values = list[tuple[str, exp.Expr]]


def _levels(plan: QueryPlan, extra: tuple[exp.Expr, ...], values: Values) -> exp.Query:
    """Aggregate `values` by the keys and `extra`, at the level of the data and of each total."""
    if not plan.totals:
        return _level_select(plan, tuple(range(len(plan.keys))), extra, values)
    terms = (*plan.keys, *extra)
    if len(set(terms)) == len(terms) and not plan.level_rows:
        return _grouping_sets(plan, extra, values)
    # GROUPING SETS cannot roll one term up and keep its equal, nor read other rows at each level:
    # then each level is a SELECT of its own.
    keeps = [tuple(range(len(plan.keys))), *(total.keeps for total in plan.totals)]
    first, *others = (_level_select(plan, kept, extra, values) for kept in keeps)
    query: exp.Query = first
    for other in others:
        query = exp.Union(this=query, expression=other, distinct=False)
    return query


def _level_select(
    plan: QueryPlan, keeps: tuple[int, ...], extra: tuple[exp.Expr, ...], values: Values
) -> exp.Select:
    """One level alone: the keys at `keeps` stay, the others are NULL."""
    kept = [plan.keys[number] for number in keeps]
    rows = plan.level_rows.get(keeps, plan.rows) if len(keeps) < len(plan.keys) else plan.rows
    select = select_rows(rows.read_by((*kept, *extra, *(value for _, value in values))))
    columns: list[exp.Expr] = []
    for number, key in enumerate(plan.keys):
        columns.append(exp.alias_(copy_of(key) if number in keeps else exp.Null(), key_column(number)))
    if plan.totals:
        columns.append(exp.alias_(level_of(keeps, plan), _SET))
    columns += [exp.alias_(copy_of(value), name) for name, value in values]
    select.set("expressions", columns)
    groups = [copy_of(term) for term in (*kept, *extra)]
    if groups:
        select.set("group", exp.Group(expressions=groups))
    elif not values:  # without an aggregate, one group must be asked for
        one = exp.GroupingSets(expressions=[exp.Tuple(expressions=[])])
        select.set("group", exp.Group(grouping_sets=[one]))
    return select


def _grouping_sets(plan: QueryPlan, extra: tuple[exp.Expr, ...], values: Values) -> exp.Select:
    select = select_rows(plan.rows.read_by((*plan.keys, *extra, *(value for _, value in values))))
    columns = [exp.alias_(copy_of(key), key_column(number)) for number, key in enumerate(plan.keys)]
    level = exp.Anonymous(this="GROUPING", expressions=[copy_of(key) for key in plan.keys])
    columns.append(exp.alias_(level, _SET))
    columns += [exp.alias_(copy_of(value), name) for name, value in values]
    select.set("expressions", columns)
    sets = [plan.keys, *([plan.keys[number] for number in total.keeps] for total in plan.totals)]
    tuples = [exp.Tuple(expressions=[copy_of(term) for term in (*kept, *extra)]) for kept in sets]
    select.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=tuples)]))
    return select


# -- totals ------------------------------------------------------------------------------


def _with_totals(plan: QueryPlan) -> exp.Select:
    """Data rows, subtotals and totals by GROUPING SETS; the limit applies to each class of rows."""
    kept = _keep_passing_groups(plan) if plan.having else plan
    groups, shown = _merged(kept), None
    if plan.shown is not None:
        everything = exp.Literal.number(2 ** len(plan.keys) - 1)
        shown = exp.or_(plan.shown, exp.EQ(this=exp.column(_SET), expression=everything))
    if plan.fills:
        seen = () if plan.shown is None else (plan.shown,)
        groups, shown = with_fills(plan, groups, seen, shown), None
    inner = exp.select(exp.column(exp.Star(), _GROUPED)).from_(
        groups.subquery(_GROUPED, copy=False), copy=False
    )
    if shown is not None:
        inner = inner.where(_qualified(shown), copy=False)
    terms = [ordered(_qualified(key.value), key) for key in plan.order]
    limited = plan.limit_rows is not None or plan.offset_rows > 0
    if limited:
        window = exp.Window(
            this=exp.RowNumber(),
            partition_by=[exp.column(_SET, _GROUPED)],
            order=exp.Order(expressions=terms) if terms else None,
        )
        inner = inner.select(exp.alias_(window, "n"), copy=False)
    select = exp.select().from_(inner.subquery(_GROUPED, copy=False), copy=False)
    for item in plan.outputs:
        select = select.select(output(_qualified(item.value), item.name), copy=False)
    level = exp.column(_SET, _GROUPED)
    select = select.select(
        output(cast(level.copy(), "int"), GROUPING),
        output(_indicator(level, plan), INDICATOR),
        output(cast(_is_grand_total(level, plan), "int"), TOTAL_SORT),
        copy=False,
    )
    if plan.pivots is not None:
        return select.select(output(_row_indicator(level, plan), ROW_INDICATOR), copy=False)
    if limited:
        select = select.where(_row_class_limit(level, plan), copy=False)
    return _sorted(select, _total_order(level, plan), plan)


def _keep_passing_groups(plan: QueryPlan) -> QueryPlan:
    """Restrict the rows to the groups that pass HAVING, so that totals cover just the rows shown."""
    passing = replace(plan, totals=(), level_rows={}, outputs=(), order=(), limit_rows=None, offset_rows=0)
    groups = exp.select(*(exp.column(key_column(n), _GROUPED) for n in range(len(plan.keys))))
    groups = groups.from_(_merged(passing).subquery(_GROUPED, copy=False), copy=False)
    for condition in plan.passing:
        groups = groups.where(_qualified(condition), copy=False)
    meets = [
        keys_meet(key.copy(), exp.column(key_column(number), "passing"))
        for number, key in enumerate(plan.keys)
    ]
    on = exp.and_(*meets, copy=False) if meets else exp.true()
    join = Join(Table("passing", groups.subquery(copy=False)), "INNER", on)
    return replace(plan, rows=replace(plan.rows, joins=(*plan.rows.joins, join)))


def level_of(keeps: tuple[int, ...], plan: QueryPlan) -> exp.Expr:
    """Give GROUPING() of rows that keep those keys: a bit for each key rolled up, the first the highest."""
    last = len(plan.keys) - 1
    return exp.Literal.number(sum(2 ** (last - number) for number in range(last + 1) if number not in keeps))


def _by_level(level: exp.Expr, plan: QueryPlan, said: Mapping[Total, exp.Expr], other: exp.Expr) -> exp.Expr:
    """Choose by the level of a row: what is said of its total, or the other."""
    ifs = [
        exp.If(this=exp.EQ(this=level.copy(), expression=level_of(total.keeps, plan)), true=value)
        for total, value in said.items()
    ]
    return exp.Case(ifs=ifs, default=other) if ifs else other


def _indicator(level: exp.Expr, plan: QueryPlan) -> exp.Expr:
    said = {total: exp.Literal.string(total.indicator) for total in plan.totals if total.indicator}
    return _by_level(level, plan, said, exp.Literal.string(""))


def _row_indicator(level: exp.Expr, plan: QueryPlan) -> exp.Expr:
    said = {total: exp.Literal.string(total.row_indicator) for total in plan.totals if total.row_indicator}
    return _by_level(level, plan, said, exp.Literal.string(""))


def _is_grand_total(level: exp.Expr, plan: QueryPlan) -> exp.Expr:
    said = {total: exp.Literal.number(1) for total in plan.totals if total.is_grand}
    return _by_level(level, plan, said, exp.Literal.number(0))


def _row_class_limit(level: exp.Expr, plan: QueryPlan) -> exp.Expr:
    number = exp.column("n", _GROUPED)
    data = exp.EQ(this=level.copy(), expression=exp.Literal.number(0))
    bounds: list[exp.Expr] = [exp.GT(this=number, expression=exp.Literal.number(plan.offset_rows))]
    other: exp.Expr = exp.NEQ(this=level.copy(), expression=exp.Literal.number(0))
    if plan.limit_rows is not None:
        last = exp.Literal.number(plan.offset_rows + plan.limit_rows)
        bounds.append(exp.LTE(this=number.copy(), expression=last))
        within = exp.LTE(this=number.copy(), expression=exp.Literal.number(plan.limit_rows))
        other = exp.Paren(this=exp.And(this=other, expression=within))
    rows = exp.Paren(this=exp.and_(data, *bounds, copy=False))
    return exp.Or(this=rows, expression=other)


def _total_order(level: exp.Expr, plan: QueryPlan) -> list[exp.Expr]:
    """Grand total last; members of a subtotal before it; the query's own order within."""
    terms: list[exp.Expr] = []
    if any(total.is_grand for total in plan.totals):
        terms.append(exp.Ordered(this=_is_grand_total(level, plan), nulls_first=False))
    subtotals = {len(total.keeps) for total in plan.totals if not total.is_grand}
    deepest = max(subtotals, default=0)
    for number in range(deepest):
        key = plan.total_order[number]
        column: exp.Expr = exp.column(key_column(number), _GROUPED)
        if key is None:
            terms.append(exp.Ordered(this=column, desc=False, nulls_first=True))
        else:
            terms.append(ordered(_qualified(key.value), key))
            if key.value != exp.column(key_column(number)):
                terms.append(exp.Ordered(this=column, desc=False, nulls_first=True))
        if number + 1 in subtotals:
            rolled = exp.GTE(
                this=level.copy(),
                expression=exp.Literal.number(2 ** (len(plan.keys) - number - 1) - 1),
            )
            mark = exp.Case(
                ifs=[exp.If(this=rolled, true=exp.Literal.number(1))], default=exp.Literal.number(0)
            )
            terms.append(exp.Ordered(this=mark, nulls_first=False))
    placed = plan.total_order[:deepest]
    terms += [ordered(_qualified(key.value), key) for key in plan.order if key not in placed]
    return terms


# -- pieces ------------------------------------------------------------------------------


def ordered(value: exp.Expr, key: OrderKey | Sort) -> exp.Expr:
    """NULL is the smallest value unless the query says where it goes (query digest §2.3)."""
    first = {NullSort.FIRST: True, NullSort.LAST: False, NullSort.OMNI_DEFAULT: not key.descending}
    return exp.Ordered(this=value, desc=key.descending, nulls_first=first.get(key.nulls))


def _sorted(select: exp.Select, terms: list[exp.Expr], plan: QueryPlan) -> exp.Select:
    if plan.numbered:
        place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=terms) if terms else None)
        select = select.select(output(place, ROW), copy=False)
        terms = [exp.Ordered(this=exp.Literal.number(len(select.expressions)), nulls_first=False)]
    if terms:
        select.set("order", exp.Order(expressions=terms))
    return select


def limited(select: exp.Select, limit_rows: int | None, offset_rows: int) -> exp.Select:
    """Add LIMIT and OFFSET in place, where there are any."""
    if limit_rows is not None:
        select.set("limit", exp.Limit(expression=exp.Literal.number(limit_rows)))
    if offset_rows:
        select.set("offset", exp.Offset(expression=exp.Literal.number(offset_rows)))
    return select
