"""A body that would keep the compiler busy for long is refused with a sentence."""

import pytest

from holoscope.kit.errors import BadRequest
from holoscope.query.spec import parse_query


def body(**filters):
    return {"fields": ["a.b"], "filters": filters}


@pytest.mark.parametrize(("kind", "count"), [("CONTAINS", 501), ("EQUALS", 10_001)])
def test_too_many_values_in_one_filter(kind, count):
    values = [str(number) for number in range(count)]
    with pytest.raises(BadRequest, match="at most"):
        parse_query(body(**{"a.b": {"type": "string", "kind": kind, "values": values}}))
    parse_query(body(**{"a.b": {"type": "string", "kind": kind, "values": values[:-1]}}))


def test_too_many_values_in_all():
    one = {"type": "string", "kind": "CONTAINS", "values": ["x"] * 400}
    with pytest.raises(BadRequest, match="values in all"):
        parse_query(body(**{f"a.b{number}": one for number in range(6)}))
    with pytest.raises(BadRequest, match="values in all"):
        parse_query(body(**{"a.b": {"type": "composite", "conjunction": "OR", "filters": [one] * 6}}))
