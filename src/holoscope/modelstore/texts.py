"""Between trees and texts: what several layers say together, and what one says beyond those below."""

from __future__ import annotations

import yaml

from holoscope.modeling import merge
from holoscope.modeling.layers import SHAPES, FileKind, LogicalFile
from holoscope.modeling.reader.tree import Node, plain, read_tree


def combined_text(file: LogicalFile) -> str:
    """Return what all pieces of a file say, as one text; a bad piece makes it that of the highest."""
    if len(file.pieces) == 1:
        return file.pieces[0].origin.text
    tree, problems = file.read()
    if problems or tree is None:
        return file.pieces[-1].origin.text
    return write(file.key, tree)


def delta_text(kind: FileKind, key: str, whole: str, lower: Node) -> str | None:
    tree, _ = read_tree(key, whole)
    if tree is None:
        return None
    rest = merge.subtract(tree, lower, SHAPES[kind])
    return None if rest is None else write(key, rest)


def write(key: str, tree: Node) -> str:
    return yaml.safe_dump(plain(tree), sort_keys=False, allow_unicode=True)
