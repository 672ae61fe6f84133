"""Relations between answers of filters: alternatives across fields, texts and objects, controls."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from query.test_metamorphic import CALM, EVERY_TOPIC, ask, shop, vocabulary
from support.ground import Ground
from support.inquiries import any_filter
from support.vocabulary import Dim, Place

__all__ = ["shop", "vocabulary"]


def alternatives(*pairs: tuple[Dim, Any]) -> dict[str, Any]:
    entries = [{"fieldName": dim.name, "filter": filter_} for dim, filter_ in pairs]
    return {"type": "MULTI_FIELD_FILTER", "conjunction": "OR", "filters": entries}


@EVERY_TOPIC
def test_what_passes_either_or_both(topic: str, shop: Ground, vocabulary: dict[str, Place]) -> None:
    """Rows of A or B, and those of A and B, are together the rows of A and the rows of B."""
    place = vocabulary[topic]

    @CALM
    @given(st.data())
    def check(data: st.DataObject) -> None:
        one, other = data.draw(st.lists(st.sampled_from(place.dims), min_size=2, max_size=2, unique=True))
        shown = data.draw(st.sampled_from(place.dims))
        left, right = data.draw(any_filter(one, 1)), data.draw(any_filter(other, 1))
        body = {"fields": list(dict.fromkeys((shown.name, one.name, other.name))), "default_group_by": False}
        if not says_something(left) or not says_something(right):
            return
        either = ask(shop, place, **body, controls=[alternatives((one, left), (other, right))])
        both = ask(shop, place, **body, filters={one.name: left, other.name: right})
        alone = ask(shop, place, **body, filters={one.name: left})
        beside = ask(shop, place, **body, filters={other.name: right})
        assert Counter(either) + Counter(both) == Counter(alone) + Counter(beside)

    check()


def says_something(filter_: dict[str, Any]) -> bool:
    """Tell a filter from a placeholder, which in alternatives is not there rather than everything."""
    if filter_["type"] == "composite":
        return any(map(says_something, filter_["filters"]))
    if filter_["type"] == "boolean":
        return filter_.get("is_negative") is not None or bool(filter_.get("values"))
    sides = ("left_side", "right_side", "values")
    return filter_["type"] in ("null", "user_attribute") or any(filter_.get(key) for key in sides)


@EVERY_TOPIC
def test_a_text_is_the_filter_it_says(topic: str, shop: Ground, vocabulary: dict[str, Place]) -> None:
    place = vocabulary[topic]

    @CALM
    @given(st.data())
    def check(data: st.DataObject) -> None:
        kinds = ("string", "number")
        dim = data.draw(st.sampled_from([one for one in place.dims if one.kind in kinds and one.values]))
        values = data.draw(st.lists(st.sampled_from(dim.values), min_size=1, max_size=3))
        negative = data.draw(st.booleans())
        words = [str(value) for value in values if value not in (None, "")]
        if not words:
            return
        sign = "not " if negative else ""
        text = ",".join(
            sign + word.replace("\\", "\\\\").replace(",", "\\,").replace("%", "\\%") for word in words
        )
        written = {"type": dim.kind, "kind": "EQUALS", "values": words, "is_negative": negative}
        body = {"fields": [dim.name], "default_group_by": False}
        found = ask(shop, place, **body, filters={dim.name: text})
        assert Counter(found) == Counter(ask(shop, place, **body, filters={dim.name: written})), text

    check()


@EVERY_TOPIC
def test_a_filter_on_nothing_else_is_the_control(
    topic: str, shop: Ground, vocabulary: dict[str, Place]
) -> None:
    """One alternative is the filter itself; a filter control is a filter."""
    place = vocabulary[topic]

    @CALM
    @given(st.data())
    def check(data: st.DataObject) -> None:
        dim = data.draw(st.sampled_from(place.dims))
        filter_ = data.draw(any_filter(dim, 1))
        measures = [mea.name for mea in place.meas if mea.exact][:2] or [place.dims[0].name]
        plain = ask(shop, place, fields=measures, filters={dim.name: filter_})
        assert ask(shop, place, fields=measures, controls=[alternatives((dim, filter_))]) == plain
        control = {**filter_, "fieldName": dim.name}
        assert ask(shop, place, fields=measures, controls=[control]) == plain

    check()
