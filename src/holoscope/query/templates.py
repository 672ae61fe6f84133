"""Templates filled in for one query: text with marks, then a tree with values in the marks' places.

A value is a literal of the tree; no text of an asker ever becomes SQL text. Order: tokens and sections
are placed, the SQL is parsed, values fill their places, constants are folded, and only what is left is
looked up (modeling digest §14.1, §14.3; docs/decisions/0035).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.modeling.conditions import (
    AttributeMatch,
    BooleanMatch,
    Condition,
    Expression,
    IsNull,
    NumberKind,
    NumberMatch,
    OneOf,
    StringKind,
    StringMatch,
)
from holoscope.modeling.fields import FilterField
from holoscope.modeling.templates import Block, Part, Text, Token, TokenKind, read_template
from holoscope.modeling.types import DataType
from holoscope.query.asked import Asked
from holoscope.query.filters.expressions import read_expression
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Context, Target
from holoscope.query.filters.windows import period_of
from holoscope.query.lookup import AnyField, find_field
from holoscope.sql.folding import fold
from holoscope.sql.marks import holds_mark, section_index, section_mark, token_index, token_mark
from holoscope.sql.parse import BadSql, Template, renumbered
from holoscope.sql.quoting import identifier

_PLAIN = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that the query does not give; it matters only where the SQL still needs it."""

    why: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name that goes into SQL as one: of a column, or of a table."""

    parts: tuple[exp.Identifier, ...]


Filling = tuple[exp.Expr, ...] | Name | Missing


@dataclass(frozen=True, slots=True)
class Section:
    """A condition waiting for the SQL it is about; `kind` is the type its field declares."""

    name: str
    condition: Condition
    kind: DataType


@dataclass(slots=True)
class Rendered:
    """A text with marks, and what stands for each of them."""

    text: str
    fillings: list[Filling] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def render(text: str, context: Context, asked: Asked, rename: Callable[[str], str]) -> Rendered:
    """Put marks in the places of tokens and sections; `rename` settles what a view's name means here.

    Raises:
        InvalidQuery: the text is no template, or names what is not in the model.
    """
    template = read_template(text)
    if template.faults:
        fault = template.faults[0]
        raise InvalidQuery(f"{fault.message} {fault.fix or ''}".strip())
    writer = _Writer(context, asked, rename, Rendered(""))
    writer.rendered.text = writer.parts(template.parts)
    return writer.rendered


@dataclass(slots=True)
class _Writer:
    context: Context
    asked: Asked
    rename: Callable[[str], str]
    rendered: Rendered

    def parts(self, parts: Sequence[Part]) -> str:
        inverted = {(part.view, part.field) for part in parts if isinstance(part, Block) and part.inverted}
        return "".join(self._part(part, inverted) for part in parts)

    def _part(self, part: Part, inverted: set[tuple[str, str]]) -> str:
        if isinstance(part, Text):
            return part.text
        if isinstance(part, Token):
            self.rendered.fillings.append(self._filling(part))
            return token_mark(len(self.rendered.fillings) - 1)
        found = self._field(part.view, part.field)
        condition = self.asked.condition(found)
        if part.inverted:
            return self.parts(part.body) if condition is None else ""
        if condition is None:
            return "" if (part.view, part.field) in inverted else "TRUE"
        self.rendered.sections.append(Section(found.qualified_name, condition, kind_of(found)))
        number = len(self.rendered.sections) - 1
        return section_mark(number, self.parts(part.body))

    def _field(self, view: str, name: str) -> AnyField:
        qualified = f"{self.rename(view)}.{name}"
        found = find_field(self.asked.model, qualified)
        if found is None:
            raise NoSuchField(qualified)
        return found

    def _filling(self, token: Token) -> Filling:
        if token.kind is TokenKind.ATTRIBUTE:
            return _attribute(token.field, self.context, self.asked)
        if token.kind in (TokenKind.VALUE, TokenKind.RANGE_START, TokenKind.RANGE_END):
            found = self._field(token.view, token.field)
            condition = self.asked.condition(found)
            if condition is None:
                return _nothing(token, self.asked)
            if isinstance(condition, Expression):
                condition = read_expression(condition.text, found.qualified_name, kind_of(found))
            if token.kind is TokenKind.VALUE:
                return _value(token, found, condition, self.context)
            return _bound(token, condition, self.context)
        view, name = self.rename(token.view), token.field
        if name:
            view, name = self._field(token.view, name).qualified_name.split(".", 1)
        answers = {
            TokenKind.IN_QUERY: self.asked.is_in_query,
            TokenKind.IS_SELECTED: self.asked.is_selected,
            TokenKind.IS_FILTERED: self.asked.is_filtered,
        }
        return (exp.Boolean(this=answers[token.kind](view, name)),)


def kind_of(found: AnyField) -> DataType:
    """Give the type a field declares, UNKNOWN when it declares none."""
    declared = None if not hasattr(found, "type") else found.type
    return declared or DataType.UNKNOWN


# -- values ------------------------------------------------------------------------------


def _nothing(token: Token, asked: Asked) -> Filling:
    if asked.is_example:
        return (exp.Null(),)
    name = f"{token.view}.{token.field}"
    return Missing(f'The SQL needs a value of "{name}": put a filter on it into query.filters.')


def _attribute(name: str, context: Context, asked: Asked) -> Filling:
    """Give a user attribute as literals: as numbers where it is declared a number."""
    if asked.is_example:
        return (exp.Null(),)
    values = context.scope.attributes.get(name)
    if not values:
        return Missing(
            f'The SQL needs the user attribute "{name}", which is not set for you. '
            "Ask an administrator to set it."
        )
    if name in context.scope.numbers:
        return tuple(context.dialect.number_literal(_number(value, name)) for value in values)
    return tuple(context.dialect.text_literal(value) for value in values)


def _value(token: Token, found: AnyField, condition: Condition, context: Context) -> Filling:
    if kind_of(found) is DataType.TIMESTAMP:
        name = f"filters.{token.view}.{token.field}"
        return Missing(
            f'"{token.source}" is no value but a time range: use {name}.range_start and .range_end.'
        )
    values = _plain_values(condition, context)
    if values is None:
        return Missing(
            f'The filter on "{found.qualified_name}" is no plain value, which "{token.source}" needs: '
            "filter it by one or more values to equal."
        )
    if isinstance(found, FilterField) and found.type is None:
        return _column_name(found, values)
    return tuple(_literal(value, found, context) for value in values)


def _plain_values(condition: Condition, context: Context) -> tuple[object, ...] | None:
    """Give the values a condition asks to equal; None when it asks for anything else."""
    match condition:
        case OneOf(values, negative=False, case_insensitive=False) if values == (None,) or None not in values:
            return values
        case StringMatch(StringKind.EQUALS, values, negative=False, case_insensitive=False):
            return values
        case NumberMatch(NumberKind.EQUALS, numbers, negative=False):
            return numbers
        case BooleanMatch(value, treat_nulls_as_false=False):
            return (value,)
        case IsNull(negative=False):
            return (None,)
        case AttributeMatch(attribute, negative=False):
            return context.scope.attributes.get(attribute)
    return None


def _literal(value: object, found: AnyField, context: Context) -> exp.Expr:
    """Write a value as the type of its field says; where none is declared, as the value itself is."""
    if value is None:
        return exp.Null()
    kind = kind_of(found)
    if kind is DataType.UNKNOWN and isinstance(value, (bool, int, Decimal)):
        kind = DataType.BOOLEAN if isinstance(value, bool) else DataType.NUMBER
    word = str(value).lower() if isinstance(value, bool) else str(value)
    if kind is DataType.NUMBER:
        return context.dialect.number_literal(_number(word, found.qualified_name))
    if kind is not DataType.BOOLEAN:
        return context.dialect.text_literal(word)
    if word.lower() not in ("true", "false"):
        raise InvalidQuery(f'Filter on "{found.qualified_name}": {value!r} is not true or false.')
    return exp.Boolean(this=word.lower() == "true")


def _number(value: object, name: str) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise InvalidQuery(f'"{name}": {value!r} is not a number.')
    return number


def _column_name(found: FilterField, values: tuple[object, ...]) -> Filling:
    """Turn the value of a `column` field into a name; never into anything else.

    Raises:
        InvalidQuery: it is none of the suggested values or, without these, no plain name.
    """
    suggested = _suggested(found)
    value = values[0] if len(values) == 1 else None
    allowed = isinstance(value, str) and (value in suggested if suggested else _PLAIN.match(value))
    if not allowed or not isinstance(value, str) or holds_mark(value):
        hint = f"one of {', '.join(sorted(suggested))}" if suggested else "the name of one column"
        raise InvalidQuery(
            f'Filter on "{found.qualified_name}": its value goes into SQL as a name and must be {hint}.'
        )
    parts = value.split(".") if all(map(_PLAIN.match, value.split("."))) else [value]
    return Name(tuple(identifier(part) for part in parts))


def _suggested(found: FilterField) -> frozenset[str]:
    listed = found.extra.get("suggestion_list") or ()
    values = (item.get("value") if hasattr(item, "get") else item for item in listed)
    return frozenset(str(value) for value in values if value is not None)


def _bound(token: Token, condition: Condition, context: Context) -> Filling:
    """Give the start, or the excluded end, of a time filter: an instant in UTC, as columns are stored."""
    period = period_of(condition, context.clock)
    bound: datetime | None = None
    if period is not None:
        bound = period[0] if token.kind is TokenKind.RANGE_START else period[1]
    if bound is None:
        word = "start" if token.kind is TokenKind.RANGE_START else "end"
        return Missing(
            f'The filter on "{token.view}.{token.field}" has no {word}, which "{token.source}" needs.'
        )
    return (context.dialect.time_literal(context.clock.to_utc(bound), date_only=False, has_zone=False),)


# -- filling in ----------------------------------------------------------------------------


def fill(template: Template, rendered: Rendered) -> Template:
    """Put the values into their places, fold constants, and forget the references nothing needs any more.

    Raises:
        BadSql: a value stands in quotes or another place that takes none.
        InvalidQuery: a value is needed that the query does not give.
    """
    tree = fold(put_values(template.tree.copy(), rendered))
    demand_values(tree, rendered)
    return renumbered(tree, template.references)


def put_values(tree: exp.Expr, rendered: Rendered) -> exp.Expr:
    """Put the values into a tree of the marked text. What is missing keeps its mark."""
    _refuse_quoted_marks(tree)
    for node in [node for node in tree.find_all(exp.Identifier) if token_index(node) is not None]:
        number = token_index(node)
        if number is None or number >= len(rendered.fillings):
            raise BadSql(f'"{node.name}" is a reserved name.')
        filling = rendered.fillings[number]
        if isinstance(filling, Name):
            _put_name(node, filling)
        elif not isinstance(filling, Missing):
            tree = _put_literals(tree, node, filling)
    return tree


def demand_values(tree: exp.Expr, rendered: Rendered) -> None:
    """Refuse a tree that still needs a missing value."""
    for node in tree.find_all(exp.Identifier):
        number = token_index(node)
        filling = rendered.fillings[number] if number is not None else None
        if isinstance(filling, Missing):
            raise InvalidQuery(filling.why)


def _refuse_quoted_marks(tree: exp.Expr) -> None:
    for node in tree.find_all(exp.Literal, exp.RawString, exp.National):
        if holds_mark(str(node.this)):
            raise BadSql("A template stands inside quotes: a value arrives as a literal, quotes and all.")


def _put_name(node: exp.Identifier, name: Name) -> None:
    parent = node.parent
    *owners, last = (part.copy() for part in name.parts)
    if owners and isinstance(parent, (exp.Column, exp.Table)) and len(parent.parts) == 1:
        for key, owner in zip(
            ("table", "db", "catalog") if isinstance(parent, exp.Column) else ("db", "catalog"),
            reversed(owners),
            strict=False,
        ):
            parent.set(key, owner)
    elif owners:
        raise BadSql("A name of several parts cannot stand here.")
    node.replace(last)


def _put_literals(tree: exp.Expr, node: exp.Identifier, values: tuple[exp.Expr, ...]) -> exp.Expr:
    column = node.parent
    if not isinstance(column, exp.Column) or column.table or node.quoted:
        raise BadSql("A value cannot stand in the place of a name; declare the filter with type: column.")
    parent = column.parent
    fresh = [value.copy() for value in values]
    if isinstance(parent, exp.In) and parent.args.get("field") is column:
        parent.set("field", None)
        parent.set("expressions", fresh)
    elif len(fresh) == 1:
        if column is tree:
            return fresh[0]
        column.replace(fresh[0])
    elif isinstance(parent, (exp.In, exp.Tuple, exp.Array)) and column.arg_key == "expressions":
        parent.set(
            "expressions",
            [each for item in parent.expressions for each in (fresh if item is column else [item])],
        )
    else:
        raise InvalidQuery(
            "A template got several values where one fits: write IN (...) around it, "
            "or let the filter take one value (filter_single_select_only)."
        )
    return tree


def apply_sections(
    tree: exp.Expr,
    sections: Sequence[Section],
    about: Callable[[int, exp.Expr, Section], Target],
    context: Context,
) -> exp.Expr:
    """Replace each section by its condition about its body; `about` makes the body a target."""
    for node in reversed([node for node in tree.find_all(exp.Anonymous) if section_index(node) is not None]):
        number = section_index(node)
        if number is None or number >= len(sections) or len(node.expressions) != 1:
            raise BadSql("A section of a template must hold one SQL expression.")
        target = about(number, node.expressions[0], sections[number])
        predicate = exp.Paren(this=build_predicate(sections[number].condition, target, context) or exp.true())
        if node is tree:
            return predicate
        node.replace(predicate)
    return tree
