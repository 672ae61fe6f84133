"""A mapping with expected keys, read one key at a time; nothing in it is ignored in silence.

Any error marks the section as `broken`: whoever reads it leaves the thing out of the model,
because a field, view or topic that is half understood could give a wrong number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.fixes import renaming
from holoscope.modeling.prompts import read_prompt
from holoscope.modeling.reader.keys import Keys, Use
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.tree import BROKEN, Items, Mark, Node, Scalar, Table, plain
from holoscope.modeling.templates import is_templated
from holoscope.sql.parse import BadSql
from holoscope.sql.verbatim import is_verbatim, read_verbatim


def describe(node: Node) -> str:
    """Say what a node is, for a message."""
    if isinstance(node, Table):
        return "a map"
    if isinstance(node, Items):
        return "a list"
    return "empty" if node.value is None else f'"{node.text[:40]}"'


class Section:
    """Typed access to the keys of one mapping.

    `mark` is where the thing is named (its key), `path` how to get there from the file's root.
    """

    __slots__ = ("broken", "entries", "mark", "path", "report")

    def __init__(self, node: Node, keys: Keys, report: Report, path: Path, mark: Mark | None = None) -> None:
        self.report = report
        self.path = path
        self.mark = mark if mark is not None else node.mark
        self.broken = False
        self.entries: dict[str, tuple[Mark, Node]] = {}
        if isinstance(node, Table):
            self.entries = node.entries
        elif not (isinstance(node, Scalar) and node.value is None):
            self.wrong(path, node, "a map")
        if BROKEN in self.entries:
            self.broken = True
            self.entries = {key: entry for key, entry in self.entries.items() if key != BROKEN}
        for key in self.entries:
            use = keys.get(key)
            if use is not Use.READ:
                self._not_read(key, use, keys)

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    @property
    def position(self) -> Position:
        return self.report.place(self.mark)

    def error(self, code: Code, message: str, key: str | None = None, *, fix: str | None = None) -> None:
        """Record an error at `key` (or at the section itself) and mark the section broken."""
        self.broken = True
        mark, path = self.mark, self.path
        if key is not None and key in self.entries:
            mark, path = self.entries[key][0], (*self.path, key)
        self.report.error(code, message, mark, path, fix=fix)

    def warning(self, code: Code, message: str, key: str) -> None:
        """Record a warning at the value of `key`."""
        self.report.warning(code, message, self.entries[key][1].mark, (*self.path, key))

    def require(self, key: str) -> None:
        """Record an error when `key` is absent or empty."""
        if self._scalar_is_empty(key) or key not in self.entries:
            self.error(Code.MISSING_KEY, f'"{key}" is required.', key)

    def node(self, key: str) -> Node | None:
        """Return the value of `key`; None when absent or null."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        node = entry[1]
        return None if isinstance(node, Scalar) and node.value is None else node

    def text(self, key: str) -> str | None:
        """Read free text; numbers and booleans count as they are written."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        node = entry[1]
        if not isinstance(node, Scalar):
            self.wrong((*self.path, key), node, "text")
            return None
        if node.value is None:
            return None
        if "{{" in node.text:
            message = f'Templates in "{key}" are not filled in yet; the text stays as written.'
            self.warning(Code.NOT_USED_YET, message, key)
        return node.text

    def prompt(self, key: str) -> str | None:
        """Read text for language models; what its template does not know is a warning."""
        node = self.node(key)
        if not isinstance(node, Scalar):
            return self.text(key)
        for fault in read_prompt(node.text).faults if is_templated(node.text) else ():
            self.report.warning(Code.BAD_PROMPT, fault.message, node.mark, (*self.path, key), fix=fault.fix)
        return node.text

    def word(self, key: str) -> str | None:
        """Read a name that something else depends on; templates in it are refused."""
        node = self.node(key)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.wrong((*self.path, key), node, "a name")
            return None
        if "{{" in node.text:
            self.later(key, node.mark, "A template")
            return None
        if not node.text.strip():
            self.wrong((*self.path, key), node, "a name")
            return None
        return node.text

    def sql(self, key: str, *, may_dimensionalize: bool = False, verbatim: bool = False) -> str | None:
        """Read SQL as written, templates included; an empty value and constants are errors.

        With `verbatim` it may start with DO NOT PARSE.
        """
        entry = self.entries.get(key)
        if entry is None:
            return None
        node = entry[1]
        if not isinstance(node, Scalar) or node.value is None or not node.text.strip():
            self.wrong((*self.path, key), node, "SQL text")
            return None
        text = node.text
        if is_verbatim(text):
            self._verbatim(key, node, text, allowed=verbatim)
        if not may_dimensionalize and "omni_dimensionalize" in text.lower():
            self.later(key, node.mark, "omni_dimensionalize")
        return text

    def _verbatim(self, key: str, node: Node, text: str, *, allowed: bool) -> None:
        try:
            if allowed:
                read_verbatim(text)
                return
            message = "DO NOT PARSE belongs to the sql of a field."
        except BadSql as error:
            message = error.detail
        self.broken = True
        self.report.error(Code.BAD_VERBATIM_SQL, message, node.mark, (*self.path, key))

    def choice(self, key: str, allowed: Mapping[str, Any]) -> Any:  # noqa: ANN401  (the caller's own values)
        """Read one of the words of `allowed` and return what it stands for."""
        word = self.word(key)
        if word is None:
            return None
        found = allowed.get(word.strip().lower())
        if found is None:
            hint = near(word, allowed) or tuple(allowed)
            message = f'"{word}" is not a value of "{key}".'
            self.broken = True
            self.report.error(
                Code.UNKNOWN_WORD,
                message,
                self.entries[key][1].mark,
                (*self.path, key),
                fix=f"Use {', '.join(hint)}.",
            )
        return found

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Read true or false."""
        entry = self.entries.get(key)
        if entry is None:
            return default
        node = entry[1]
        if isinstance(node, Scalar):
            if isinstance(node.value, bool):
                return node.value
            if node.value is None:
                return default
        self.wrong((*self.path, key), node, "true or false")
        return default

    def number(self, key: str) -> Decimal | None:
        """Read a number exactly."""
        node = self.node(key)
        if node is None:
            return None
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return Decimal(value)
        self.wrong((*self.path, key), node, "a number")
        return None

    def integer(self, key: str) -> int | None:
        """Read a whole number."""
        value = self.number(key)
        if value is None:
            return None
        if value != value.to_integral_value():
            self.wrong((*self.path, key), self.entries[key][1], "a whole number")
            return None
        return int(value)

    def words(self, key: str) -> tuple[str, ...] | None:
        """Read a list of words; None when absent, () when empty."""
        node = self.node(key)
        if node is None:
            return None
        if not isinstance(node, Items):
            self.wrong((*self.path, key), node, "a list")
            return None
        words: list[str] = []
        for number, item in enumerate(node.values):
            if isinstance(item, Scalar) and item.value is not None and item.text.strip():
                words.append(item.text)
            else:
                self.wrong((*self.path, key, number), item, "a word")
        return tuple(words)

    def children(self, key: str) -> Iterator[tuple[str, Mark, Node, Path]]:
        """Yield (name, mark of the name, value, path) of a map of named things."""
        node = self.node(key)
        if node is None:
            return
        if not isinstance(node, Table):
            self.wrong((*self.path, key), node, "a map")
            return
        for name, (mark, value) in node.entries.items():
            yield name, mark, value, (*self.path, key, name)

    def items(self, key: str) -> Iterator[tuple[Node, Path]]:
        """Yield (value, path) of a list of things."""
        node = self.node(key)
        if node is None:
            return
        if not isinstance(node, Items):
            self.wrong((*self.path, key), node, "a list")
            return
        for number, value in enumerate(node.values):
            yield value, (*self.path, key, number)

    def source(self, key: str) -> Mapping[str, Any]:
        """Return a map as it is written, as JSON could hold it."""
        node = self.node(key)
        return MappingProxyType(plain(node)) if isinstance(node, Table) else MappingProxyType({})

    def wrong(self, path: Path, node: Node, expected: str) -> None:
        """Record that `node`, in or below this section, is not what was expected."""
        self.broken = True
        name = f'Property "{path[-1]}"' if path and isinstance(path[-1], str) else "This"
        message = f"{name} must be {expected}, not {describe(node)}."
        self.report.error(Code.WRONG_TYPE, message, node.mark, path)

    def later(self, key: str, mark: Mark, what: str) -> None:
        """Record that `what` stands in the value of `key` and is not supported yet."""
        self.broken = True
        message = f'{what} in "{key}" is not supported yet; what holds it is left out of the model.'
        self.report.error(Code.NOT_SUPPORTED_YET, message, mark, (*self.path, key))

    def _not_read(self, key: str, use: Use | None, keys: Keys) -> None:
        mark, node = self.entries[key]
        path = (*self.path, key)
        if use is Use.UNUSED:
            self.report.warning(Code.NOT_USED_YET, f'"{key}" is accepted and has no effect yet.', mark, path)
        elif use is Use.LATER:
            if not _says_nothing(node):
                message = f'"{key}" is not supported yet; what holds it is left out of the model.'
                self.broken = True
                self.report.error(Code.NOT_SUPPORTED_YET, message, mark, path)
        else:
            self.broken = True
            hint = near(key, keys, limit=1)
            fix = f"Did you mean {hint[0]}?" if hint else None
            is_free = bool(hint) and hint[0] not in self.entries
            file = self.report.place(mark).file
            auto_fix = renaming(file, (*self.report.prefix, *path), hint[0]) if is_free else None
            message = f'Invalid property name "{key}".'
            self.report.error(Code.UNKNOWN_KEY, message, mark, path, fix=fix, auto_fix=auto_fix)

    def _scalar_is_empty(self, key: str) -> bool:
        return key in self.entries and self.node(key) is None


def _says_nothing(node: Node) -> bool:
    """Tell whether a value is the same as leaving the key out: null, false or an empty list."""
    if isinstance(node, Scalar):
        return node.value is None or node.value is False
    return isinstance(node, Items) and not node.values
