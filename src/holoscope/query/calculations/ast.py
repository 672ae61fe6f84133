"""Reads the wire's syntax tree of a calculation (`sql_expression`), as tolerantly as real bodies need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from holoscope.query.calculations.names import name_of_operator
from holoscope.query.calculations.node import (
    DEEPEST,
    END,
    FAR_ROWS,
    MOST_NODES,
    Apply,
    Area,
    Bound,
    Constant,
    Elsewhere,
    Field,
    Node,
    PivotArea,
    Total,
    TypeWord,
    Window,
    bound,
)
from holoscope.query.calculations.problems import BadCalculation

TOTALS = frozenset({"column_total", "row_total", "grand_total"})
_BOUNDS = {"UNBOUNDED_PRECEDING": END, "UNBOUNDED_FOLLOWING": END, "CURRENT_ROW": Bound(0)}
_LARGEST = Decimal(10) ** 300


def read_tree(value: object, columns: tuple[str, ...]) -> Node:
    """Read a tree; `columns` are the names of the result's columns in order.

    Raises:
        BadCalculation: it is malformed, too large or too deep; the sentence says where.
    """
    return _Reader(columns).read(value, 0)


@dataclass(slots=True)
class _Reader:
    columns: tuple[str, ...]
    seen: int = 0

    def read(self, value: object, depth: int) -> Node:
        self.seen += 1
        if self.seen > MOST_NODES or depth > DEEPEST:
            raise BadCalculation(
                f"its expression has more than {MOST_NODES} parts, or {DEEPEST} inside each other: split it."
            )
        if not isinstance(value, Mapping):
            return Constant(constant(value))
        kind = str(value.get("type", "")).lower()
        match kind:
            case "call":
                return self._call(value, depth)
            case "field":
                return _field(value)
            case "literal":
                return _literal(value)
            case "reference":
                return _reference(value)
            case "sql_type":
                return TypeWord(str(value.get("type_name_name", "")).lower())
            case "sub_query":
                return _elsewhere(value)
            case "window_call":
                return self._window(value, depth)
            case _:
                raise BadCalculation(
                    f"its expression has a part of unknown type {kind!r}: use call, field, literal, "
                    "reference, sql_type, sub_query or window_call."
                )

    def _many(self, value: object, what: str, depth: int) -> tuple[Node, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            raise BadCalculation(f"{what} must be an array.")
        return tuple(self.read(item, depth + 1) for item in value)

    def _call(self, value: Mapping[str, object], depth: int) -> Node:
        operator = value.get("operator")
        if isinstance(operator, Mapping):
            operator = operator.get("name")
        if not isinstance(operator, str) or not operator.strip():
            raise BadCalculation("a call in its expression names no operator.")
        operands = self._many(value.get("operands"), f"operands of {operator[:60]}", depth)
        name = name_of_operator(operator)
        match name:
            case "OMNI_OFFSET_MULTI" | "OFFSET_MULTI":
                return offset_multi(operands, self.columns)
            case "OMNI_LEGACY_OFFSET" | "LEGACY_OFFSET" | "OMNI_OFFSET":
                rows = operands[1:2] or (Constant(Decimal(0)),)
                one = Constant(Decimal(1))
                across = operands[2:3] or (Constant(Decimal(0)),)
                return offset_multi((*operands[:1], *rows, *across, one, one), self.columns)
            case "OMNI_PIVOT_OFFSET" | "PIVOT_OFFSET":
                return read_pivot_offset(operands)
            case "DATEDIF":
                return Apply("DATEDIF", (*operands[1:3], *operands[:1]))
            case "VLOOKUP" | "XLOOKUP" | "TLOOKUP":
                return Apply(name, _of_query(operands))
            case _:
                return Apply(name, operands)

    def _window(self, value: Mapping[str, object], depth: int) -> Node:
        call = value.get("aggregate")
        if not isinstance(call, Mapping) or not isinstance(call.get("operator"), str):
            raise BadCalculation("a window_call must hold a call as its aggregate.")
        word = str(call["operator"]).rpartition(".")[2].upper()
        order = tuple(_ordering(item) for item in self._many(value.get("order_by_args"), "order_by", depth))
        by_rows = value.get("is_rows") not in (False, "false")
        return Window(
            word,
            self._many(call.get("operands"), "operands of a window_call", depth),
            self._many(value.get("partition_args"), "partition_args", depth),
            order,
            by_rows,
            _frame_end(value.get("lower_bound"), END),
            _frame_end(value.get("upper_bound"), Bound(0) if order else END),
        )


def constant(value: object) -> Decimal | str | bool | None:
    """Read a JSON scalar."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise BadCalculation(f"{value} is no number.")
    if isinstance(value, (int, float)):
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
        if abs(number) > _LARGEST:
            raise BadCalculation("a number in its expression is larger than 1e300.")
        return number
    raise BadCalculation("a literal must be a number, a text, true, false or null.")


def _literal(value: Mapping[str, object]) -> Node:
    found = value.get("value")
    if found is None and value.get("string_value") is not None:
        found = value["string_value"]
    if isinstance(found, Mapping):  # a word of an enumeration
        found = found.get("name")
    return Constant(constant(found))


def _field(value: Mapping[str, object]) -> Field:
    name = value.get("field_name")
    if not isinstance(name, str) or not name:
        raise BadCalculation("a field in its expression has no field_name.")
    pivot = value.get("pivot_value_map") or {}
    if not isinstance(pivot, Mapping):
        raise BadCalculation("pivot_value_map must be an object.")
    return Field(name, tuple((str(key), _pivot_text(item)) for key, item in pivot.items()))


def _pivot_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _reference(value: Mapping[str, object]) -> Node:
    path = value.get("column_ref")
    if not isinstance(path, list) or not path or not all(isinstance(item, str) for item in path):
        raise BadCalculation("a reference must name [field, total] as its column_ref.")
    if len(path) == 1:
        return Field(path[0])
    if len(path) != 2 or path[1].lower() not in TOTALS:
        raise BadCalculation(f"a reference names {path[1]!r}: use column_total, row_total or grand_total.")
    return Total(path[0], path[1].lower())


def reference(text: str) -> Node:
    """Read what stands in `${...}`: a column, or a total of it after a colon."""
    name, mark, kind = text.rpartition(":")
    if mark and kind.strip().lower() in TOTALS:
        return Total(name.strip(), kind.strip().lower())
    return Field(text)


def _elsewhere(value: Mapping[str, object]) -> Node:
    query = next(
        (value[key] for key in ("query_id", "query_ref", "ref", "id", "name") if value.get(key)), None
    )
    field = next(
        (value[key] for key in ("field_name", "column_name", "field", "column") if key in value), None
    )
    if not isinstance(query, str):
        raise BadCalculation("a sub_query must name its query_id.")
    if field is None:
        return Elsewhere(query, ())
    if isinstance(field, bool) or not isinstance(field, (str, int)):
        raise BadCalculation("a sub_query names its column by field_name.")
    return Elsewhere(query, (field,))


def _of_query(operands: tuple[Node, ...]) -> tuple[Node, ...]:
    """Leave out the first operand of a lookup where it names a query; it is NULL for this one."""
    match operands:
        case (Constant(None), _, _, _, *_):
            return operands[1:]
        case (Constant(str(query)), key, *ranges) if len(operands) >= 4:
            return (key, *(_moved(item, query) for item in ranges))
        case _:
            return operands


def _moved(node: Node, query: str) -> Node:
    """Read columns of another query where a lookup wrote whole columns."""
    if isinstance(node, Field):
        return Elsewhere(query, (node.name,))
    if isinstance(node, Area) and all(isinstance(item, Field) for item in node.columns):
        return Elsewhere(query, tuple(item.name for item in node.columns if isinstance(item, Field)))
    return node


def _ordering(node: Node) -> tuple[Node, bool]:
    if isinstance(node, Apply) and node.function in ("DESC", "ASC") and node.operands:
        return node.operands[0], node.function == "DESC"
    if isinstance(node, Apply) and node.function in ("NULLS_FIRST", "NULLS_LAST") and node.operands:
        return _ordering(node.operands[0])
    return node, False


def _frame_end(value: object, otherwise: Bound) -> Bound:
    """Read an end of a window: a word of an enumeration, `3 PRECEDING`, or a call of PRECEDING."""
    if value is None:
        return otherwise
    if isinstance(value, Mapping) and value.get("type") == "call":
        operands = value.get("operands")
        count = whole_number(_literal(operands[0])) if isinstance(operands, list) and operands else None
        word = str(value.get("operator", "")).upper().rpartition(".")[2]
    else:
        found = _literal(value) if isinstance(value, Mapping) else Constant(constant(value))
        text = str(found.value if isinstance(found, Constant) else "").upper().replace(" ", "_")
        if text in _BOUNDS:
            return _BOUNDS[text]
        number, _, word = text.partition("_")
        count = int(number) if number.isdecimal() and len(number) < 12 else None
    if count is None or word not in ("PRECEDING", "FOLLOWING"):
        raise BadCalculation("a bound of a window_call must be like UNBOUNDED_PRECEDING or CURRENT_ROW.")
    return bound(-count if word == "PRECEDING" else count)


def whole_number(node: Node | None) -> int | None:
    """Give the whole number that a constant is, with a minus before it or not; None for all else."""
    if isinstance(node, Apply) and node.function == "UNARY_MINUS" and len(node.operands) == 1:
        inner = whole_number(node.operands[0])
        return None if inner is None else -inner
    if not isinstance(node, Constant) or isinstance(node.value, bool) or node.value is None:
        return None
    try:
        number = Decimal(node.value)
    except ArithmeticError:
        return None
    fits = number.is_finite() and abs(number) < 2**53 and number == number.to_integral_value()
    return int(number) if fits else None


def offset_multi(operands: tuple[Node, ...], columns: tuple[str, ...]) -> Area:
    """Read `OMNI_OFFSET_MULTI(field, first row, columns to the right, rows, columns)`."""
    if not operands:
        raise BadCalculation("OMNI_OFFSET_MULTI needs a field.")
    zero, one = Constant(Decimal(0)), Constant(Decimal(1))
    defaults: list[Node] = [zero, zero, one, one]
    rest = [*operands[1:5], *defaults[len(operands) - 1 :]]
    column, (start, right, height, width) = operands[0], rest
    first = _row(start, "first row")
    if isinstance(height, Apply) and height.function == "ABSOLUTE_POSITION":
        last = _row(height, "last row")
    else:
        rows = _integer(height, "number of rows")
        if rows < 1:
            raise BadCalculation("OMNI_OFFSET_MULTI needs at least one row.")
        # Rows from a fixed one on: the last is counted as for the formula in the first row.
        from_here = (first.position or 0) - (1 if first.absolute else 0)
        last = END if rows >= FAR_ROWS else bound(from_here + rows - 1)
    return Area(_columns(column, _integer(right, "columns"), _integer(width, "width"), columns), first, last)


def _columns(column: Node, right: int, width: int, columns: tuple[str, ...]) -> tuple[Node, ...]:
    if right == 0 and width == 1:
        return (column,)
    names = [name.lower() for name in columns]
    if not isinstance(column, Field) or column.name.lower() not in names:
        raise BadCalculation("a range over several columns must begin at a column of the query.")
    begin = names.index(column.name.lower()) + right
    if begin < 0 or width < 1 or begin + width > len(columns):
        raise BadCalculation(f"a range leaves the query's {len(columns)} columns.")
    return tuple(Field(name, column.pivot) for name in columns[begin : begin + width])


def _row(node: Node, what: str) -> Bound:
    if isinstance(node, Apply) and node.function == "ABSOLUTE_POSITION" and node.operands:
        position = _integer(node.operands[0], what)
        if position < 1:
            raise BadCalculation("ABSOLUTE_POSITION counts rows from 1.")
        return Bound(position, absolute=True)
    return bound(_integer(node, what))


def _integer(node: Node, what: str) -> int:
    number = whole_number(node)
    if number is None:
        raise BadCalculation(f"the {what} of an offset must be a whole number.")
    return number


def read_pivot_offset(operands: tuple[Node, ...]) -> Node:
    """Read `OMNI_PIVOT_OFFSET(field, first row, last row, first column, last column)`."""
    if len(operands) != 5:
        raise BadCalculation("OMNI_PIVOT_OFFSET needs a field, two rows and two columns.")
    top, bottom, left, right = (_integer(item, "offset") for item in operands[1:])
    return PivotArea(operands[0], (top, bottom), (left, right), relative=False)
