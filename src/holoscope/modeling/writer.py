"""The canonical text of a model file: one way to write what a tree says (modeling digest §2).

Two spaces of indentation, keys in the order of `key_order`, quotes only where they are needed, text
of several lines as literal blocks, aliases spelled out, comments with their key. Maps are written
one key a line; lists of plain words stay on one line while they fit. Empty lines set sections and fields
apart.
"""

from __future__ import annotations

from holoscope.modeling.comments import NO_COMMENTS, REFERENCE_LINE, Comments, read_comments
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.key_order import Order, order_of
from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.tree import Items, Node, Scalar, Table, read_tree
from holoscope.modeling.scalar_text import block_lines, inline_text, key_text

_WIDTH = 100
_LONGEST_KEY = 1000
_SECTIONS = ("dimensions", "measures", "filters")


def canonical_text(file: str, text: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return the text of a file in its canonical form; None and the reasons when it is not YAML.

    Writing again what was written changes nothing, and the values read from it are those of `text`,
    except that `desc: false` in sorts is dropped: it is what a sort means anyway.
    """
    tree, problems = read_tree(file, text)
    if problems:
        return None, problems
    return write_tree(file, tree, read_comments(text)), ()


def write_tree(file: str, tree: Node | None, comments: Comments = NO_COMMENTS) -> str:
    """Return the canonical text of a tree, with the comments whose place is in it.

    `file` is the file's key, which tells the order of keys. The tree may be merged or made by hand:
    no place in a text is looked at.
    """
    return _Writer(comments).text(tree, order_of(file))


class _Writer:
    def __init__(self, comments: Comments) -> None:
        self.lines: list[str] = []
        self.comments = comments
        self.over = _over_dashes(comments)
        self.commented = {
            path[:depth]
            for path in (*self.over, *comments.beside, *comments.below)
            for depth in range(len(path))
        }
        self.pending = ""  # dashes that the next line starts with
        self.told: set[Path] = set()  # whose comments above are written already
        self.told_beside: set[Path] = set()
        self.open_block = False  # an empty line now would belong to the text before it

    def text(self, tree: Node | None, order: Order) -> str:
        self._head(tree, order)
        if isinstance(tree, Scalar):
            block = block_lines(tree.value)
            self._scalar("", tree, block, (), 0)
        elif tree is not None and _is_empty(tree):
            self._line(0, "{}" if isinstance(tree, Table) else "[]")
        elif isinstance(tree, Table):
            self._table(tree, order, (), 0)
        elif isinstance(tree, Items):
            self._items(tree, order, (), 0)
        return "".join(f"{line}\n" for line in self.lines)

    def _head(self, tree: Node | None, order: Order) -> None:
        self.lines.extend(self.comments.head)
        if tree is None or isinstance(tree, Scalar) or _is_empty(tree):
            self.lines.extend(self.comments.below.get((), ()))
            return
        only_reference = len(self.lines) == 1 and REFERENCE_LINE.match(self.lines[0])
        first = _first(tree, order)
        if self.lines and not (only_reference and not self._leading(tree, order, first)):
            self.lines.append("")

    def _leading(self, tree: Node, order: Order, first: str | int) -> bool:
        """Tell whether a comment is written above the first entry of the file."""
        path: Path = (first,)
        if path in self.over:
            return True
        return isinstance(tree, Items) and bool(self._first_comments(tree.values[0], order.below(0), path))

    def _table(self, node: Table, order: Order, path: Path, indent: int) -> None:
        was_big = False
        for number, (key, (_, value)) in enumerate(order.sorted(self._kept(node, path))):
            inner = (*path, key)
            is_big = self._is_block(value, inner)
            self._gap(path, number, is_big or was_big)
            was_big = is_big
            self._above(inner, indent)
            self._closing(value, inner, indent)
            word = key_text(key)
            if len(word) > _LONGEST_KEY:
                self._line(indent, f"? {word}")
                word = ""
            self._value(f"{word}:", value, order.below(key), inner, indent)
        self._below(path, indent)

    def _items(self, node: Items, order: Order, path: Path, indent: int) -> None:
        for number, value in enumerate(node.values):
            inner = (*path, number)
            below = order.below(number)
            is_block = self._is_block(value, inner)
            self._gap(path, number, is_block and isinstance(value, Table))
            self._above(inner, indent)
            self._closing(value, inner, indent)
            if not is_block:
                self._value("-", value, below, inner, indent)
                continue
            for comment in self._first_comments(value, below, inner):
                self._line(indent, comment)
            self.pending = f"{self.pending or ' ' * indent}- "
            if isinstance(value, Table):
                self._table(value, below, inner, indent + 2)
            elif isinstance(value, Items):
                self._items(value, below, inner, indent + 2)
        self._below(path, indent)

    def _value(self, prefix: str, value: Node, order: Order, path: Path, indent: int) -> None:
        if isinstance(value, Scalar):
            self._scalar(f"{prefix} ", value, block_lines(value.value), path, indent)
        elif not self._is_block(value, path):
            if isinstance(value, Items):
                words = ", ".join(
                    inline_text(item, in_flow=True) for item in value.values if isinstance(item, Scalar)
                )
                self._line(indent, f"{prefix} [ {words} ]", path)
            else:
                self._line(indent, f"{prefix} {{}}", path)
        else:
            self._line(indent, prefix, path)
            if isinstance(value, Table):
                self._table(value, order, path, indent + 2)
            else:
                self._items(value, order, path, indent + 2)

    def _scalar(
        self, prefix: str, node: Scalar, block: tuple[str, list[str]] | None, path: Path, indent: int
    ) -> None:
        if block is None:
            self._line(indent, prefix + inline_text(node), path)
            return
        header, content = block
        self._line(indent, prefix + header, path)
        self.lines.extend(" " * (indent + 2) + line if line else "" for line in content)
        self.open_block = header.endswith("+")

    def _is_block(self, value: Node, path: Path) -> bool:
        """Tell whether a map or list takes lines of its own."""
        if isinstance(value, Scalar) or _is_empty(value):
            return False
        if isinstance(value, Table) or path in self.commented or path in self.comments.below:
            return True
        width = 4 + 2 * len(path) + len(str(path[-1]))
        for item in value.values:
            if not isinstance(item, Scalar) or "\n" in item.text or "{" in item.text:
                return True
            width += len(inline_text(item, in_flow=True)) + 2
            if width > _WIDTH:
                return True
        return False

    def _first_comments(self, value: Node, order: Order, path: Path) -> list[str]:
        """Take the comments of a list item whose first key stands on the line of its dash."""
        found = self._beside_dash(path)
        while self._is_block(value, path):
            first = _first(value, order)
            order = order.below(first)
            path = (*path, first)
            value = value.entries[str(first)][1] if isinstance(value, Table) else _item(value)
            if path not in self.told:
                found.extend(self.over.get(path, ()))
            self.told.add(path)
            if isinstance(first, str):
                break
            if self._is_block(value, path):
                found.extend(self._beside_dash(path))
        return found

    def _beside_dash(self, path: Path) -> list[str]:
        if path in self.told_beside or path not in self.comments.beside:
            return []
        self.told_beside.add(path)
        return [self.comments.beside[path]]

    def _kept(self, node: Table, path: Path) -> dict[str, tuple[object, Node]]:
        """Return the entries to write: `desc: false` says nothing in a list of sorts."""
        entries: dict[str, tuple[object, Node]] = dict(node.entries)
        if len(path) > 1 and path[-2] == "sorts" and len(entries) > 1:
            desc = entries.get("desc")
            if desc is not None and isinstance(desc[1], Scalar) and desc[1].value is False:
                del entries["desc"]
        return entries

    def _gap(self, path: Path, number: int, wanted: bool) -> None:
        is_apart = not path or (len(path) == 1 and path[0] in _SECTIONS)
        if wanted and number and is_apart and not self.open_block:
            self.lines.append("")

    def _above(self, path: Path, indent: int) -> None:
        if path in self.told:
            return
        for comment in self.over.get(path, ()):
            self._line(indent, comment)

    def _closing(self, value: Node, path: Path, indent: int) -> None:
        """Write above an entry what belongs inside it and has no line there."""
        if not isinstance(value, Scalar) and _is_empty(value):
            self._below(path, indent)
        if isinstance(value, Table) and "desc" in value.entries and "desc" not in self._kept(value, path):
            dropped = (*path, "desc")
            self._above(dropped, indent)
            if dropped in self.comments.beside:
                self._line(indent, self.comments.beside[dropped])

    def _below(self, path: Path, indent: int) -> None:
        for comment in self.comments.below.get(path, ()):
            self._line(indent, comment)

    def _line(self, indent: int, text: str, path: Path | None = None) -> None:
        start = self.pending or " " * indent
        self.pending = ""
        beside = self.comments.beside.get(path) if path is not None else None
        self.lines.append(start + text if beside is None else f"{start}{text} {beside}")
        self.open_block = False


def _over_dashes(comments: Comments) -> dict[Path, tuple[str, ...]]:
    """Return the comments above, those of a list that starts on its parent's dash above that dash."""
    above: dict[Path, tuple[str, ...]] = {}
    for written, lines in comments.above.items():
        path = written
        while len(path) > 1 and path[-1] == 0 and isinstance(path[-2], int):
            path = path[:-1]
        above[path] = above.get(path, ()) + lines
    return above


def _is_empty(node: Node) -> bool:
    return not (node.entries if isinstance(node, Table) else isinstance(node, Scalar) or node.values)


def _first(node: Node, order: Order) -> str | int:
    return next(iter(order.sorted(node.entries)))[0] if isinstance(node, Table) else 0


def _item(node: Node) -> Node:
    return node.values[0] if isinstance(node, Items) else node
