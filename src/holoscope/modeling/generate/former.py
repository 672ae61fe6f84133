"""What an earlier generation wrote: the names that stay, and what a soft refresh keeps.

Source: modeling digest §19.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.modeling.reader.tree import Items, Table, plain, read_tree
from holoscope.modeling.reader.views import reference_name

TablePlace = tuple[str, str]
"""Schema and table, as the database spells them."""


@dataclass(frozen=True, slots=True)
class FormerView:
    """A generated view: its file, its name and what the file says."""

    file: str
    name: str
    said: Mapping[str, Any]

    @property
    def dimensions(self) -> Mapping[str, Any]:
        """What the file says of each dimension."""
        return self.said.get("dimensions") or {}

    def names(self) -> dict[str, str]:
        """Return the name of each dimension by its SQL, or by its column where it has none."""
        return {(field or {}).get("sql") or name: name for name, field in self.dimensions.items()}


@dataclass(frozen=True, slots=True)
class Former:
    """The files of a SCHEMA model before they are generated again."""

    views: Mapping[TablePlace, FormerView]
    relationships: tuple[Mapping[str, Any], ...] = ()


def read_former(files: Mapping[str, str]) -> Former:
    """Read the files a generation wrote; what it did not write is passed over."""
    views: dict[TablePlace, FormerView] = {}
    relationships: tuple[Mapping[str, Any], ...] = ()
    for file, text in files.items():
        node, _ = read_tree(file, text)
        if file == "relationships" and isinstance(node, Items):
            relationships = tuple(plain(item) for item in node.values if isinstance(item, Table))
        elif file.endswith(".view") and isinstance(node, Table):
            said = plain(node)
            schema, table = said.get("schema"), said.get("table_name")
            if schema is not None and table is not None:
                place = (str(schema), str(table))
                views[place] = FormerView(file, reference_name(file, text), said)
    return Former(views, relationships)
