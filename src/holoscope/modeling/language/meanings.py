"""What keys mean, read from the tables of the reference pages (docs/reference/model)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from holoscope.modeling.language.places import PLACES, Place

_HEADING = re.compile(r"#+ (.+)")
_CELLS = re.compile(r"(?<!\\)\|")
_KEY = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_LIKE = re.compile(r"as on (?:topics|dimensions)")

Pages = Mapping[str, str]
"""The pages by name, such as `fields`, as Markdown."""


class Meanings:
    """The sentences of the pages, by heading and key."""

    def __init__(self, pages: Pages) -> None:
        self._tables: dict[tuple[str, str], dict[str, str]] = {}
        for name, text in pages.items():
            self._read(name, text)

    def find(self, place: Place, key: str) -> str:
        """Return what a key means at a place, as plain text; empty when no page says it."""
        said = self._tables.get((place.page, place.heading), {}).get(key, "")
        if (not said or _LIKE.match(said)) and place.like is not None:
            like = next(each for each in PLACES if each.name == place.like)
            return self.find(like, key)
        return said

    def table(self, page: str, header: str) -> dict[str, str]:
        """Return the meanings of every table of a page that stands under `header`."""
        return self._tables.get((page, header), {})

    def _read(self, page: str, text: str) -> None:
        heading = ""
        is_code = False
        for line in text.splitlines():
            is_code ^= line.startswith("```")
            if is_code:
                continue
            if found := _HEADING.fullmatch(line):
                heading = plain(found[1])
            elif line.startswith("| `"):
                first, *others = (cell.strip() for cell in _CELLS.split(line.strip("|")))
                table = self._tables.setdefault((page, heading), {})
                for key in _KEY.findall(first):
                    table.setdefault(key, plain(next((cell for cell in reversed(others) if cell), "")))


def plain(text: str) -> str:
    """Take the marks of Markdown out of a cell."""
    return _LINK.sub(r"\1", text).replace("`", "").replace("\\|", "|").strip()
