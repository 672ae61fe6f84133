"""How one value is written, so that readers of YAML 1.1 and of 1.2 read the same value back.

Quotes stand only where one of them would read something else, and around everything with braces:
some readers take an unquoted `${a} - ${b}` apart. Text of several lines becomes a literal block.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from holoscope.modeling.reader.scalars import plain_value
from holoscope.modeling.reader.tree import Scalar

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ONE_REFERENCE = re.compile(r"\$\{[^{}\s'\"#:,]+\}\Z")
_BAD_START = frozenset("?:,[]{}#&*!|>'\"%@`")
_UNSAFE = re.compile(r":(?:\s|\Z)|\s#|\t|[{}]")
_UNSAFE_IN_FLOW = re.compile(r"[,\[\]{}]|:(?![A-Za-z0-9_])|\?")
_PLAIN_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z|0x[0-9a-fA-F]+\Z")
_PLAIN_FRACTION = re.compile(r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?\Z")
_OLD_BOOLEANS = frozenset("yYnN")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_STRING = "tag:yaml.org,2002:str"
_resolve: Any = yaml.resolver.Resolver().resolve  # what YAML 1.1 takes an unquoted word for
_WIDEST_EXPONENT = 20


def inline_text(node: Scalar, *, in_flow: bool = False) -> str:
    """Return the value on one line."""
    value = node.value
    if isinstance(value, str):
        return _text(value, in_flow=in_flow)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return node.text if _PLAIN_INTEGER.match(node.text) else str(value)
    if isinstance(value, float):
        return node.text
    return node.text if _PLAIN_FRACTION.match(node.text) else _fraction(value)


def key_text(word: str) -> str:
    """Return a key on one line."""
    return word if word in _OLD_BOOLEANS else _text(word, in_flow=False)


def block_lines(value: object) -> tuple[str, list[str]] | None:
    """Return header and lines of a literal block; None when the value is not text that needs one."""
    if not isinstance(value, str) or "\n" not in value or _ODD.search(value) or not value.strip():
        return None
    body = value.rstrip("\n")
    newlines = len(value) - len(body)
    chomp = {0: "-", 1: ""}.get(newlines, "+")
    indicator = "2" if value[0] in " \t\n" else ""
    return f"|{indicator}{chomp}", body.split("\n") + [""] * max(newlines - 1, 0)


def _text(value: str, *, in_flow: bool) -> str:
    if _is_plain(value, in_flow=in_flow):
        return value
    if "\n" in value or "\t" in value or _ODD.search(value):
        return _double_quoted(value)
    if "'" in value and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"


def _is_plain(value: str, *, in_flow: bool) -> bool:
    if not value or value != value.strip() or "\n" in value or _ODD.search(value):
        return False
    if _ONE_REFERENCE.match(value):
        return not in_flow
    if value[0] in _BAD_START or _UNSAFE.search(value):
        return False
    if (value[0] == "-" and (len(value) == 1 or value[1] in " -")) or value.startswith("..."):
        return False
    if in_flow and _UNSAFE_IN_FLOW.search(value):
        return False
    if value in _OLD_BOOLEANS or _resolve(yaml.ScalarNode, value, (True, False)) != _STRING:
        return False
    return _means_itself(value)


def _means_itself(value: str) -> bool:
    try:
        return plain_value(value) == value
    except ValueError:
        return False


def _double_quoted(value: str) -> str:
    return '"' + "".join(_ESCAPES.get(sign) or _escaped(sign) for sign in value) + '"'


def _escaped(sign: str) -> str:
    if not _ODD.match(sign):
        return sign
    code = ord(sign)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"


def _fraction(value: Decimal) -> str:
    """Write a number with a fraction or an exponent in the one form that all readers take."""
    if value == 0 or abs(value.adjusted()) <= _WIDEST_EXPONENT:
        written = f"{value:f}"
        return written if "." in written else f"{written}.0"
    mantissa, _, exponent = f"{value:e}".partition("e")
    whole = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{whole}e{int(exponent):+d}"
