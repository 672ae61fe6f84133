"""Nodes become terms: trees over the sheet, typed, with spreadsheet semantics (query digest §2.6).

A blank operand makes the result of an operator or function blank, unless the function is about blanks.
What would be an error in a cell is blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.types import DataType
from holoscope.query.calculations.areas import cell
from holoscope.query.calculations.functions import apply
from holoscope.query.calculations.node import (
    Apply,
    Area,
    Constant,
    Elsewhere,
    Field,
    Node,
    PivotArea,
    Total,
    TypeWord,
    Window,
)
from holoscope.query.calculations.pivots import at_pivot_value, pivot_cell, plain_cell
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.stages import Stages
from holoscope.query.calculations.term import (
    BLANK,
    BOOLEAN,
    NUMBER,
    STRING,
    TIME,
    Term,
    Value,
    call,
    compare,
    number,
    text,
    when,
)
from holoscope.query.calculations.translate_texts import numeral, plain_text
from holoscope.query.calculations.windows import Rows, spelled_out
from holoscope.query.filters.literals import Clockwork, resolve
from holoscope.query.sheet.sheet import Sheet
from holoscope.sql.dialect import Dialect
from holoscope.sql.markers import wall_clock
from holoscope.sql.trees import cast, copy_of

_ISO_DIGITS = frozenset("0123456789-: Tt.")


@dataclass(slots=True)
class Translator:
    """Translates the calculations of one query; `stages` collects what must be computed before what.

    `find_calculation` gives the term of another calculation, or None. `find_total` gives a total.
    `open_reference` names the table, key and value of a look-up into a column of a referenced query.
    `varies_by_pivot` tells whether a column has a value in each pivot column. `outside_pivot` is that of the
    calculation at hand, `name` its name.
    """

    sheet: Sheet
    dialect: Dialect
    clock: Clockwork
    stages: Stages
    find_calculation: Callable[[str], Term | None]
    find_total: Callable[[Total], Term]
    open_reference: Callable[[str, int | str, int | str], tuple[str, Term, Term]]
    varies_by_pivot: Callable[[str], bool]
    rows: Rows = field(init=False)
    name: str = ""
    outside_pivot: bool = False

    def __post_init__(self) -> None:
        """Number the rows that windows look at."""
        self.rows = Rows(self)

    # -- any node ---------------------------------------------------------------------

    def term(self, node: Node) -> Term:
        """Translate a node that stands for one value.

        Raises:
            BadCalculation: it cannot be computed; the sentence says why.
            CalculationNeedsSort: it depends on an order that the query does not give.
        """
        match node:
            case Constant(value):
                return self.constant(value)
            case Field():
                return self.field(node)
            case Apply():
                return apply(self, node)
            case Area():
                return cell(self, node)
            case PivotArea():
                return pivot_cell(self, node)
            case Total():
                return self.find_total(node)
            case Window():
                return spelled_out(self, node)
            case Elsewhere(query):
                raise BadCalculation(
                    f"a column of '{query}' can only be looked up: write XLOOKUP(value, column, column)."
                )
            case TypeWord(word):
                raise BadCalculation(f"the type {word!r} stands where a value is needed.")

    def constant(self, value: Value) -> Term:
        """Make a term of a value that is written out."""
        if value is None:
            return Term(exp.Null(), BLANK, constant=True)
        if isinstance(value, bool):
            return Term(exp.Boolean(this=value), BOOLEAN, constant=True, value=value)
        if isinstance(value, str):
            if "\0" in value:
                raise BadCalculation("a text holds the character NUL.")
            return Term(self.dialect.text_literal(value), STRING, constant=True, value=value)
        return Term(self.dialect.number_literal(value), NUMBER, constant=True, value=value)

    def field(self, node: Field) -> Term:
        """Read a column of the result, or another calculation."""
        found = self.find_calculation(node.name) or self.column(node.name)
        if found is None:
            raise BadCalculation(f"field referenced by calculation must be included: {node.name}")
        if node.pivot:
            return at_pivot_value(self, found, node)
        return plain_cell(self, found, node)

    def column(self, name: str) -> Term | None:
        """Read a column of the sheet; times are on the query's clock."""
        column = self.sheet.find(name.removesuffix("__raw"))
        if column is None:
            return None
        tree, type_ = copy_of(column.value), column.type
        if type_.has_zone:
            tree = wall_clock(tree, self.clock.zone, has_zone=True)
        return Term(tree, type_.data_type, date_only=type_.date_only)

    # -- making terms -----------------------------------------------------------------

    def made(self, tree: exp.Expr, kind: DataType, *of: Term, date_only: bool = False) -> Term:
        """Make a term that is known once all these are."""
        return Term(tree, kind, max((item.stage for item in of), default=0), date_only=date_only)

    def once(self, item: Term) -> Term:
        """Give a term that may be written several times: what is no column becomes one."""
        return item if item.is_simple else self.stages.keep(item)

    def kept(self, item: Term) -> Term:
        """Give a term as a column: what holds a window must be one before anything reads it."""
        return self.stages.keep(item)

    # -- as a number, as text, ... ----------------------------------------------------

    def number(self, node: Node) -> Term:
        """Translate to a number: true is 1, a numeral is its number, other text is blank."""
        return self.as_number(self.term(node))

    def as_number(self, item: Term) -> Term:
        """Give a term as a number; see `number`."""
        match item.kind:
            case DataType.NUMBER:
                return item
            case DataType.UNKNOWN:
                return item.over(cast(item.tree, "double"), NUMBER) if item.constant else item
            case DataType.BOOLEAN:
                single = self.once(item)
                yes, no = single.tree, exp.Not(this=copy_of(single.tree))
                return single.over(when((yes, number(1)), (no, number(0))), NUMBER)
            case DataType.STRING if item.constant:
                value = numeral(str(item.value))
                if value is None:
                    raise BadCalculation(f"the text {item.value!r} stands where a number is needed.")
                return self.constant(value)
            case DataType.STRING:
                return item.over(self.dialect.function("number_of_text", item.tree), NUMBER)
            case _:
                raise BadCalculation(f"{item.words} stands where a number is needed.")

    def double(self, node: Node) -> Term:
        """Translate to a number of double precision."""
        return self.as_double(self.term(node))

    def as_double(self, item: Term) -> Term:
        found = self.as_number(item)
        return Term(cast(copy_of(found.tree), "double"), NUMBER, found.stage, found.constant, found.value)

    def integer(self, node: Node) -> Term:
        """Translate to a whole number that fits 32 bits; fractions go towards minus infinity."""
        found = self.number(node)
        if found.constant and isinstance(found.value, Decimal):
            whole = int(found.value.to_integral_value("ROUND_FLOOR")) if abs(found.value) < 2**31 else None
            if whole is not None:
                return self.constant(Decimal(whole))
        return self.integer_of(self.once(found))

    def integer_of(self, single: Term) -> Term:
        """As `integer`, for a term that may be written twice."""
        low = call("greatest", exp.Floor(this=copy_of(single.tree)), number(-(2**31)))
        fitting = call("least", low, number(2**31 - 1))
        present = exp.Not(this=exp.Paren(this=exp.Is(this=copy_of(single.tree), expression=exp.Null())))
        return single.over(when((present, cast(fitting, "int"))))

    def text(self, node: Node) -> Term:
        """Translate to text: numbers without trailing zeros, TRUE or FALSE, ISO dates."""
        return self.as_text(self.term(node))

    def as_text(self, item: Term) -> Term:
        match item.kind:
            case DataType.STRING:
                return item
            case DataType.UNKNOWN:
                return item.over(cast(copy_of(item.tree), "varchar"), STRING)
            case DataType.NUMBER if item.constant and isinstance(item.value, Decimal):
                return self.constant(plain_text(item.value))
            case DataType.NUMBER:
                single = self.once(item)
                return single.over(self.dialect.function("text_of_number", single.tree), STRING)
            case DataType.BOOLEAN:
                single = self.once(item)
                yes, no = single.tree, exp.Not(this=copy_of(single.tree))
                return single.over(when((yes, text("TRUE")), (no, text("FALSE"))), STRING)
            case DataType.TIMESTAMP:
                style = "date" if item.date_only else "moment"
                return item.over(
                    self.dialect.function(f"text_of_{style}", cast(copy_of(item.tree), "timestamp")), STRING
                )
            case _:
                raise BadCalculation(f"{item.words} cannot be written as text.")

    def truth(self, node: Node) -> Term:
        """Translate to a condition: a number is true unless it is 0, text is none."""
        return self.as_truth(self.term(node))

    def as_truth(self, item: Term) -> Term:
        match item.kind:
            case DataType.BOOLEAN:
                return item
            case DataType.UNKNOWN:
                return item.over(cast(copy_of(item.tree), "boolean"), BOOLEAN)
            case DataType.NUMBER:
                return item.over(compare(exp.NEQ, item.tree, number(0)), BOOLEAN)
            case _:
                raise BadCalculation(
                    f"{item.words} stands where a condition is needed: compare it with something."
                )

    def time(self, node: Node) -> Term:
        """Translate to a timestamp without zone; text is read as an ISO date or time."""
        return self.as_time(self.term(node))

    def as_time(self, item: Term) -> Term:
        match item.kind:
            case DataType.TIMESTAMP:
                return Term(cast(copy_of(item.tree), "timestamp"), TIME, item.stage, date_only=item.date_only)
            case DataType.UNKNOWN:
                return item.over(cast(copy_of(item.tree), "timestamp"), TIME)
            case DataType.STRING if item.constant:
                return self.moment(str(item.value))
            case DataType.STRING:
                single = self.once(item)
                return single.over(self.dialect.function("time_of_text", single.tree), TIME)
            case _:
                raise BadCalculation(f"{item.words} stands where a time is needed.")

    def moment(self, written: str) -> Term:
        """Make a term of a date or time that is written out as `2026`, `2026-03` or `2026-03-01 10:00`."""
        try:
            start = resolve(written if set(written) <= _ISO_DIGITS else "", self.clock).start
        except InvalidQuery:
            raise BadCalculation(
                f"the text {written!r} stands where a date like 2026-03-31 is needed."
            ) from None
        whole = (start.hour, start.minute, start.second, start.microsecond) == (0, 0, 0, 0)
        return Term(self.dialect.time_literal(start, date_only=False, has_zone=False), TIME, date_only=whole)

    def of_kind(self, item: Term, kind: DataType) -> Term:
        """Give a term as another kind."""
        convert = {NUMBER: self.as_number, STRING: self.as_text, BOOLEAN: self.as_truth, TIME: self.as_time}
        return item if item.kind is kind or kind not in convert else convert[kind](item)

    def alike(self, items: Iterable[Term]) -> tuple[list[Term], DataType]:
        """Give values that share a column one kind: text unless they agree; empty text is blank to others."""
        found = list(items)
        kinds = {item.kind for item in found if not item.is_blank and item.value != ""}
        if not kinds:
            kinds = {item.kind for item in found if not item.is_blank} or {BLANK}
        kind = next(iter(kinds)) if len(kinds) == 1 else STRING
        if kind is not STRING:
            found = [self.constant(None) if item.value == "" else item for item in found]
        return [item if item.is_blank else self.of_kind(item, kind) for item in found], kind
