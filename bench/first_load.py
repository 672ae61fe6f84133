"""What a browser loads before the first page of the web application stands, from the built files alone."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

STATIC = Path(__file__).parents[1] / "src/holoscope/web/static"
_NAMED = re.compile(r'(?:src|href)="\./assets/([^"]+\.(?:js|css))"')
_IMPORTED = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')
_LOADED_WITH = re.compile(r'"(?:\./|assets/)([^"]+\.(?:js|css))"')
_DYNAMIC = r"import\([`\"]\./(%s)[`\"]\)[^\[]{0,40},__vite__mapDeps\(\[([\d,]*)\]"


def first_load(page: str = "HomePage", static: Path = STATIC) -> dict[str, int]:
    """Return the files of the document, of its static imports and of one page's chunk, with gzip bytes."""
    document = (static / "index.html").read_text(encoding="utf-8")
    names = list(_NAMED.findall(document))
    entry = next(name for name in names if name.startswith("index-") and name.endswith(".js"))
    names += _page_files(static, entry, page)
    seen: dict[str, int] = {"index.html": len(gzip.compress(document.encode(), 9))}
    while names:
        name = names.pop()
        if name not in seen:
            content = (static / "assets" / name).read_bytes()
            seen[name] = len(gzip.compress(content, 9))
            if name.endswith(".js"):
                names += _IMPORTED.findall(content.decode())
    return seen


def _page_files(static: Path, entry: str, page: str) -> list[str]:
    text = (static / "assets" / entry).read_text(encoding="utf-8")
    listed = re.search(r"m\.f=\[([^\]]*)\]", text)
    found = re.search(_DYNAMIC % rf"{page}-[\w-]+\.js", text)
    if listed is None or found is None:
        raise RuntimeError(f"{entry} does not load {page}; has the bundler changed how it names chunks?")
    files = _LOADED_WITH.findall(listed[1])
    return [found[1], *(files[int(number)] for number in found[2].split(",") if number)]
