"""How result columns are named (query digest §4.8).

A field that is selected as it is bears its own name, whatever its alias, and stands there once. Anything
else is named `<view>.<alias>`, the view being the one that FROM names: readers go by what follows the last
dot. Inside a statement columns bear their aliases, or the field's name without its view.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from holoscope.query.omnisql.clauses import Term

_UNNAMED = "expr"


def last_names(terms: Sequence[Term], view: str) -> Mapping[int, str]:
    """Name the columns of a result; positions that show a field once more are left out."""
    names: dict[int, str] = {}
    seen: set[str] = set()
    taken = {term.item.name for term in terms if term.item is not None}
    for position, term in enumerate(terms):
        if term.item is not None:
            if term.item.key not in seen:
                names[position] = term.item.name
            seen.add(term.item.key)
        else:
            name = f"{view}.{term.alias or word_for(term.written)}" if view else term.alias or _UNNAMED
            names[position] = apart(name, taken)
    return names


def inner_names(terms: Sequence[Term]) -> Mapping[int, str]:
    """Name the columns of a query inside a statement: by alias, else by field, else by what is computed."""
    names: dict[int, str] = {}
    short = [_short(term) for term in terms]
    taken: set[str] = set()
    for position, term in enumerate(terms):
        wanted = short[position]
        if term.alias is None and term.item is not None and short.count(wanted) > 1:
            wanted = term.item.name
        names[position] = apart(wanted, taken)
    return names


def _short(term: Term) -> str:
    if term.alias is not None:
        return term.alias
    if term.item is not None:
        return term.item.name.partition(".")[2]
    return word_for(term.written)


def word_for(tree: exp.Expr) -> str:
    """Give a word for an expression without an alias: `count`, `sum`, the name of a function."""
    while isinstance(tree, (exp.Paren, exp.Window, exp.Filter, exp.Cast)):
        tree = tree.this
    if isinstance(tree, exp.Column):
        return tree.name
    if isinstance(tree, (exp.Anonymous, exp.AnonymousAggFunc)):
        return str(tree.this).lower()
    return tree.sql_name().lower() if isinstance(tree, exp.Func) else _UNNAMED


def apart(name: str, taken: set[str]) -> str:
    """Give a name that is not taken, by a number where it must be, and take it."""
    fresh, number = name, 1
    while fresh in taken:
        fresh, number = f"{name}_{number}", number + 1
    taken.add(fresh)
    return fresh


def all_apart(names: Iterable[str]) -> list[str]:
    """Tell equal names apart, the first staying as it is."""
    taken: set[str] = set()
    return [apart(name, taken) for name in names]
