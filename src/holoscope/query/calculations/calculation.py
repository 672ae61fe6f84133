"""A calculation of a query: the wire's entry, read tolerantly (query digest §2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.modeling.types import DataType
from holoscope.query.calculations.ast import read_tree
from holoscope.query.calculations.expression import read_text
from holoscope.query.calculations.formula import read_formula
from holoscope.query.calculations.node import Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.filters.wire_values import read_bool

_MOST = 200
_KINDS = frozenset({"NUMBER", "STRING", "TIMESTAMP", "BOOLEAN", "INTERVAL", "JSON", "ARRAY"})


@dataclass(frozen=True, slots=True)
class Calculation:
    """A column computed over the rows of a query. `node` is None where `problem` says what is wrong.

    `swallows_errors`: what is wrong with it is shown in its cells, and fails nothing. With `reads_unselected`
    it may name measures that the query does not select. `written` is what its author wrote.
    """

    name: str
    node: Node | None
    problem: str | None = None
    label: str | None = None
    format: str | None = None
    description: str | None = None
    outside_pivot: bool = False
    swallows_errors: bool = False
    reads_unselected: bool = False
    known_type: DataType | None = None
    written: str = ""


def read_calculations(value: object, fields: tuple[str, ...]) -> Mapping[str, Calculation]:
    """Read `query.calculations`; `fields` are the result's columns in order, which letters stand for.

    Raises:
        BadRequest: an entry has the wrong shape; the sentence names it.
    """
    if not value:
        return MappingProxyType({})
    if not isinstance(value, list):
        raise BadRequest("Bad Request: query.calculations: expected an array")
    if len(value) > _MOST:
        raise BadRequest(f"Bad Request: query.calculations: more than {_MOST} calculations")
    found: dict[str, Calculation] = {}
    for position, entry in enumerate(value):
        at = f"query.calculations.{position}"
        if not isinstance(entry, Mapping):
            raise BadRequest(f"Bad Request: {at}: expected an object")
        calculation = _calculation(entry, at, fields)
        if calculation.name.lower() in (name.lower() for name in found):
            raise BadRequest(f"Bad Request: {at}.calc_name: '{calculation.name}' is there twice")
        found[calculation.name] = calculation
    return MappingProxyType(found)


def _calculation(entry: Mapping[str, Any], at: str, fields: tuple[str, ...]) -> Calculation:
    name = entry.get("calc_name")
    if not isinstance(name, str) or not name or "\0" in name:
        raise BadRequest(f"Bad Request: {at}.calc_name: Required")
    tree, formula, sql = entry.get("sql_expression"), entry.get("original_formula"), entry.get("sql")
    written = formula if isinstance(formula, str) else sql if isinstance(sql, str) else ""
    node: Node | None = None
    problem: str | None = None
    try:
        if tree is not None:
            node = read_tree(tree, fields)
        elif isinstance(formula, str) and formula.strip():
            node = read_formula(formula, fields)
        elif isinstance(sql, str) and sql.strip():
            node = read_text(sql, fields)
        else:
            problem = "it has no sql_expression."
    except BadCalculation as error:
        problem = error.detail
    kind = str(entry.get("known_type") or "").upper()
    return Calculation(
        name=name,
        node=node,
        problem=problem,
        label=_text(entry, "label"),
        format=_text(entry, "format"),
        description=_text(entry, "description"),
        outside_pivot=read_bool(entry.get("outside_pivot"), f"{at}.outside_pivot"),
        swallows_errors=read_bool(entry.get("swallow_errors"), f"{at}.swallow_errors"),
        reads_unselected=read_bool(
            entry.get("allow_refs_to_unselected_fields"), f"{at}.allow_refs_to_unselected_fields"
        ),
        known_type=DataType(kind) if kind in _KINDS else None,
        written=written,
    )


def _text(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return value if isinstance(value, str) and value else None
