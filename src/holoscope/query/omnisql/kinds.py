"""What expressions of a SELECT over the model are made of: kinds that are not known here are refused.

The warehouse would look for columns that have no name in the tables behind a view, where grants and masks
are not known (docs/decisions/0067). So nothing is let through that is not understood.
"""

from __future__ import annotations

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery

_FAMILIES = frozenset({"aggregate", "datatypes", "json", "math", "string", "temporal"})
"""Modules of the tree library whose nodes are all functions of values, or types."""
_KNOWN = (
    # names, values and what is written around them
    exp.Alias, exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.Tuple,
    exp.Bracket,
    exp.HexString, exp.BitString, exp.ByteString, exp.National, exp.RawString, exp.UnicodeString,
    exp.Interval, exp.AtTimeZone, exp.FromTimeZone, exp.Lambda, exp.JSONPathPart, exp.JSONPath,
    exp.JSONKeyValue, exp.JSONValue, exp.OnCondition, exp.TimeUnit,
    # operators and conditions
    exp.Binary, exp.Unary, exp.Between, exp.In, exp.Any, exp.All, exp.Exists,
    # functions that stand in no family
    exp.Anonymous, exp.AggFunc, exp.Case, exp.If, exp.Cast, exp.Convert, exp.Try, exp.Coalesce, exp.Nullif,
    exp.Nvl2, exp.Greatest, exp.Least, exp.DecodeCase, exp.EqualNull, exp.Typeof, exp.ToBoolean,
    exp.WidthBucket, exp.WeekStart, exp.Rand, exp.Uuid, exp.Collation, exp.GetIgnoreCase,
    exp.CurrentUser, exp.CurrentSchema, exp.CurrentDatabase, exp.CurrentCatalog, exp.CurrentVersion,
    exp.SessionUser,
    # lists, maps and structs
    exp.Array, exp.ArrayAll, exp.ArrayAny, exp.ArrayAppend, exp.ArrayCompact, exp.ArrayConcat,
    exp.ArrayContains, exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayDistinct, exp.ArrayFilter,
    exp.ArrayFirst, exp.ArrayIntersect, exp.ArrayLast, exp.ArrayMax, exp.ArrayMin, exp.ArrayOverlaps,
    exp.ArrayPosition, exp.ArrayPrepend, exp.ArrayRemove, exp.ArrayReverse, exp.ArraySize, exp.ArraySlice,
    exp.ArraySort, exp.ArraySum, exp.ArrayToString, exp.List, exp.Map, exp.MapKeys, exp.MapSize,
    exp.StringToArray, exp.Struct, exp.StructExtract, exp.ToArray, exp.Transform, exp.Reduce,
    # aggregates and windows
    exp.Distinct, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.Order, exp.Ordered,
    exp.Window, exp.WindowSpec,
    # clauses; the kinds of groups that are not read are refused where they are
    exp.Where, exp.Having, exp.Group, exp.Rollup, exp.Cube, exp.GroupingSets,
)  # fmt: skip
_TABLES = (exp.UDTF, exp.JSONTable, exp.OpenJSON)


def refuse_unknown_kinds(select: exp.Select) -> None:
    """Refuse expressions that are made of what is not known to read named fields alone.

    Columns named by a pattern, a position or a `*` within an expression are among these. Sub-queries are
    read by themselves.

    Raises:
        InvalidQuery: there is such a part; the sentence names it.
    """
    waiting = [part for key, part in _parts(select) if not _is_whole_row(key, part)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Query):
            continue
        if _is_star(node) or isinstance(node, (exp.Columns, exp.PositionalColumn)):
            raise InvalidQuery(
                "COLUMNS(...), * within an expression and #1 are not read over the model: name the fields."
            )
        if not _is_known(node):
            raise InvalidQuery(
                f"{_word(node)} is not read over the model: write it around a sub-query that selects the "
                "fields."
            )
        waiting += [child for child in node.iter_expressions() if not _is_counted(child)]


def _is_known(node: exp.Expr) -> bool:
    if isinstance(node, _TABLES):
        return False
    return isinstance(node, _KNOWN) or type(node).__module__.rpartition(".")[2] in _FAMILIES


def _word(node: exp.Expr) -> str:
    return node.sql_name() if isinstance(node, exp.Func) else node.key.upper()


def _parts(select: exp.Select) -> list[tuple[str, exp.Expr]]:
    found = [("expressions", item) for item in select.expressions]
    keys = ("where", "group", "having", "order")
    return found + [(key, select.args[key]) for key in keys if select.args.get(key)]


def _is_whole_row(key: str, part: exp.Expr) -> bool:
    """Tell whether a part is `*` or `alias.*` as it is selected: that gives the visible fields."""
    return key == "expressions" and _is_star(part)


def _is_star(node: exp.Expr) -> bool:
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))


def _is_counted(node: exp.Expr) -> bool:
    """Tell whether a node is the `*` of COUNT(*) or OMNI_COUNT(*), which reads no column."""
    of = node.parent
    if not isinstance(node, exp.Star) or of is None:
        return False
    if isinstance(of, (exp.Anonymous, exp.AnonymousAggFunc)):
        return str(of.this).upper().endswith("COUNT")
    return isinstance(of, exp.Count)
