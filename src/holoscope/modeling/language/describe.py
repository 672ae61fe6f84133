"""The whole language as data, assembled."""

from __future__ import annotations

from dataclasses import dataclass

from holoscope.modeling.formats import format_names
from holoscope.modeling.joins import Cardinality, JoinType
from holoscope.modeling.language.meanings import Meanings, Pages
from holoscope.modeling.language.places import PLACES, Place
from holoscope.modeling.language.probe import Taken, probe
from holoscope.modeling.locales import LOCALES
from holoscope.modeling.reader.conditions import negatable_names, operator_names
from holoscope.modeling.timeframes import DURATIONS, GRAINS, WEEKDAYS
from holoscope.modeling.types import Aggregate, DataType


@dataclass(frozen=True, slots=True)
class DescribedKey:
    """One key: what may stand in it, and what it means."""

    name: str
    taken: Taken
    meaning: str


@dataclass(frozen=True, slots=True)
class DescribedPlace:
    place: Place
    keys: tuple[DescribedKey, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of filters; `is_negatable`: there is one with `not_` in front too."""

    name: str
    meaning: str
    is_negatable: bool


@dataclass(frozen=True, slots=True)
class Language:
    places: tuple[DescribedPlace, ...]
    operators: tuple[Operator, ...]
    lists: dict[str, tuple[str, ...]]


def describe_language(pages: Pages) -> Language:
    """Assemble what an editor needs; takes about a second, so keep it. `pages` are those of the reference."""
    meanings = Meanings(pages)
    operators = meanings.table("filters", "Filters")
    negatable = frozenset(negatable_names())
    return Language(
        places=tuple(
            DescribedPlace(
                place,
                tuple(DescribedKey(key, probe(place, key), meanings.find(place, key)) for key in place.table),
            )
            for place in PLACES
        ),
        operators=tuple(
            Operator(name, operators.get(name, ""), name in negatable) for name in operator_names()
        ),
        lists={
            "aggregateTypes": tuple(item.value for item in Aggregate),
            "dataTypes": tuple(item.value for item in DataType),
            "durationUnits": tuple(DURATIONS),
            "formats": format_names(),
            "joinTypes": tuple(item.value for item in JoinType),
            "locales": tuple(LOCALES),
            "relationshipTypes": tuple(item.value for item in Cardinality),
            "timeframes": tuple(GRAINS),
            "weekDays": tuple(day.capitalize() for day in WEEKDAYS),
        },
    )
