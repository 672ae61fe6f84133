"""The modelling language as data; an operation of our own."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from holoscope.http.operation import CurrentActor, router, serve
from holoscope.http.wire import Wire
from holoscope.modeling.language.describe import DescribedKey
from holoscope.modelstore.editor.language import load_language

routes = router("Models")
ValueType = Literal["text", "word", "boolean", "integer", "number", "list", "map"]


class LanguageKey(Wire):
    name: str
    types: list[ValueType] = Field(description="What may stand in it; none where it has no effect.")
    words: list[str] = Field(description="The only ones, in any letter case, where types has word.")
    item_words: list[str] = Field(description="The only ones in its list; empty where any may stand there.")
    item_list: Literal["timeframes"] | None = Field(description="The list in `lists` of what its list takes.")
    status: Literal["used", "no_effect", "refused"] = Field(
        description="A refused one is documented elsewhere and not understood yet."
    )
    description: str


class LanguagePlace(Wire):
    """A mapping of a file. `path` leads to it: `*` is any name, `[]` any item."""

    name: str
    file: Literal["model", "relationships", "view", "topic", "composite_topic"]
    path: list[str]
    keys: list[LanguageKey]


class FilterOperator(Wire):
    name: str
    description: str
    has_not: bool = Field(description="There is one with `not_` in front too.")


class ModelLanguage(Wire):
    places: list[LanguagePlace]
    filter_operators: list[FilterOperator]
    lists: dict[str, list[str]] = Field(
        description="aggregateTypes, dataTypes, durationUnits, formats (most take _0 to _9 behind them), "
        "joinTypes, locales, relationshipTypes, timeframes, weekDays"
    )


@serve(routes, "GET", "/v1/model-language", "modelLanguageGet", ModelLanguage)
def get_language(actor: CurrentActor) -> dict[str, Any]:
    """Return the keys of model files by place, what may stand in them, and the fixed lists of words."""
    language = load_language()
    return {
        "places": [
            {
                "name": each.place.name,
                "file": each.place.file,
                "path": ["[]" if step == 0 else str(step) for step in each.place.trail],
                "keys": [_key(key) for key in each.keys],
            }
            for each in language.places
        ],
        "filterOperators": [
            {"name": each.name, "description": each.meaning, "hasNot": each.is_negatable}
            for each in language.operators
        ],
        "lists": {name: list(words) for name, words in language.lists.items()},
    }


def _key(key: DescribedKey) -> dict[str, Any]:
    taken = key.taken
    return {
        "name": key.name,
        "types": list(taken.types),
        "words": list(taken.words),
        "itemWords": list(taken.of_items),
        "itemList": "timeframes" if taken.items_are_timeframes else None,
        "status": "refused" if taken.is_refused else "used" if taken.types else "no_effect",
        "description": key.meaning,
    }
