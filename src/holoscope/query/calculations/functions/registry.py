"""The functions of calculations, by our names, and how one is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.calculations.areas import TAKE_RANGES
from holoscope.query.calculations.node import Apply, Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import Term, call

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Translate = Callable[["Translator", tuple[Node, ...]], Term]
Trees = Callable[..., exp.Expr]


@dataclass(frozen=True, slots=True)
class Function:
    """A function and how many operands it takes; `most=None` is any number."""

    name: str
    translate: Translate
    least: int
    most: int | None


FUNCTIONS: dict[str, Function] = {}


def function(
    name: str, least: int, most: int | None = -1, *, ranges: bool = False
) -> Callable[[Translate], Translate]:
    """Declare a function that translates its own operands; `ranges` tells that these may be ranges.

    It takes `least` operands to `most`; without `most`, just so many; None is any number.
    """

    def declare(translate: Translate) -> Translate:
        FUNCTIONS[name] = Function(name, translate, least, least if most == -1 else most)
        if ranges:
            TAKE_RANGES.add(name)
        return translate

    return declare


def scalar(name: str, operands: str, kind: DataType) -> Callable[[Trees], Trees]:
    """Declare a function of one row, over trees that may be written twice.

    `operands` has a letter for each: `n` number, `d` double, `i` whole number, `s` text, `b` truth, `t` time;
    those after `?` may be left out, and come as None.
    """
    needed, _, optional = operands.partition("?")
    letters = needed + optional

    def declare(build: Trees) -> Trees:
        def translate(t: Translator, nodes: tuple[Node, ...]) -> Term:
            convert = {"n": t.number, "d": t.double, "i": t.integer, "s": t.text, "b": t.truth, "t": t.time}
            terms = [t.once(convert[letter](node)) for letter, node in zip(letters, nodes, strict=False)]
            trees = [item.tree for item in terms] + [None] * (len(letters) - len(terms))
            return t.made(build(*trees), kind, *terms)

        FUNCTIONS[name] = Function(name, translate, len(needed), len(letters))
        return build

    return declare


def calls(name: str, operands: str, kind: DataType) -> None:
    """Declare a function of one row that warehouses know by the same name."""
    scalar(name, operands, kind)(lambda *trees: call(name.lower(), *trees))


def apply(t: Translator, node: Apply) -> Term:
    """Translate a call.

    Raises:
        BadCalculation: there is no such function, or it takes other operands.
    """
    found = FUNCTIONS.get(node.function)
    if found is None:
        raise BadCalculation(_unknown(node.function))
    count = len(node.operands)
    if count < found.least or (found.most is not None and count > found.most):
        raise BadCalculation(f"{found.name} takes {_how_many(found)}, and has {count}.")
    return found.translate(t, node.operands)


def _unknown(name: str) -> str:
    shown = name[:60]
    if name.startswith("AI_"):
        return f"{shown} asks a language model, which this server does not do in a query: remove it."
    return f"there is no function {shown}: see the reference of calculations for those that there are."


def _how_many(found: Function) -> str:
    if found.most is None:
        return f"{found.least} operands or more"
    if found.most == found.least:
        return f"{found.least} operand{'' if found.least == 1 else 's'}"
    return f"{found.least} to {found.most} operands"
