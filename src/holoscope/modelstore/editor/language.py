"""The modelling language for an editor, in the words of the reference pages, wherever they lie."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from holoscope.modeling.language.describe import Language, describe_language

_PAGES = "docs/reference/model"


@cache
def load_language() -> Language:
    """Return the language; the first call takes about a second, the rest nothing."""
    here = Path(__file__).resolve()
    folder = next(
        (root / _PAGES for root in (here.parents[2], here.parents[4]) if (root / _PAGES).is_dir()), None
    )
    pages = {} if folder is None else {page.stem: page.read_text("utf-8") for page in folder.glob("*.md")}
    return describe_language(pages)
