"""What is remembered between loads changes nothing: a load after edits gives what the texts alone give."""

from __future__ import annotations

import random

import pytest

from holoscope.modeling.layers import Layer
from holoscope.modeling.load import forget_loads, load_model
from holoscope.modeling.reader.files import forget_files
from holoscope.modeling.types import Catalog
from support.modeltext import BIKES

VIEWS = [
    """\
schema: main
{extra}dimensions:
  id: {{ primary_key: true }}
  a: {{ sql: '{ref}' }}
  b: {{ sql: '${{a}}{op}' }}
measures:
  count: {{ aggregate_type: count }}
  m: {{ sql: '${{b}}', aggregate_type: sum, filters: {{ a: {{ is: x }} }} }}
""",
    """\
schema: main
{extra}dimensions:
  id: {{}}
  a: {{ sql: '{ref}', required_access_grants: [ g ] }}
  c: {{ format: cents }}
""",
    """\
{extra}extends: [ t{n} ]
measures:
  d: {{ sql: '{ref}', aggregate_type: max, drill_fields: [ t{n}.a ] }}
""",
]
REFERENCES = [
    "${id}",
    "x + 1",
    "${t0.a}",
    "${t1.b}",
    "${t2.gone}",
    "${c}",
    "@{k}",
    "${b}",
    "{{ omni_attributes.x }}",
    "${al.a}",
]
SANE = ["${id}", "x + 1", "${t0.b}", "${t1.b}", "${t2.id}"]
TOPICS = [
    "base_view: t{n}\n",
    "base_view: t{n}\njoins: {{ t1: {{}}, al: {{}} }}\nfields: [ t1.*, -t2.a ]\n",
    "base_view: t{n}\njoins: {{}}\nviews:\n  t{n}:\n    dimensions:\n      e: {{ sql: '{ref}' }}\n",
    "extends: [ p{n} ]\nbase_view: t0\nrequired_access_grants: [ g ]\n",
]
MODELS = [
    "constants: { k: { value: '${id}' } }\n",
    "constants: { k: { value: '1' } }\naccess_grants: { g: { user_attribute: u, allowed_values: [ v ] } }\n",
    "custom_formats: { cents: '0.00 {{t1.a}}' }\nignored_views: [ t3 ]\n",
    "label: x\n",
    "broken: [\n",
]
JOINS = [
    "[]",
    "- { join_from_view: t0, join_to_view: t1, on_sql: '${t0.id} = ${t1.id}', "
    "relationship_type: many_to_one }\n",
    "- { join_from_view: t0, join_to_view: t2, join_to_view_as: al, on_sql: '${t0.a} = ${al.id}', "
    "relationship_type: one_to_one }\n",
]


def some_file(pick: random.Random) -> tuple[str, str]:
    kind, number = pick.choice(["view"] * 12 + ["topic"] * 4 + ["model", "relationships"]), pick.randrange(4)
    if kind == "model":
        return "model", pick.choice([MODELS[1]] * 6 + MODELS)
    if kind == "relationships":
        return "relationships", pick.choice(JOINS)
    values = {
        "n": pick.randrange(4),
        "ref": pick.choice([*SANE * 5, *REFERENCES]),
        "op": pick.choice(["", " + 1"]),
        "extra": pick.choice([""] * 20 + ["template: true\n", "ignored: true\n", "aliases: [ t4 ]\n"]),
    }
    if kind == "view":
        return f"t{number}.view", pick.choice([VIEWS[0]] * 8 + VIEWS).format(**values)
    return f"p{number}.topic", pick.choice(TOPICS).format(**values)


@pytest.mark.parametrize("seed", range(8))
def test_a_load_after_edits_is_a_load_of_its_own(seed: int) -> None:
    pick = random.Random(seed)
    layers: list[dict[str, str]] = [dict(some_file(pick) for _ in range(8)), {}]
    for _ in range(60):
        layer = pick.choice(layers[:1] * 8 + layers[1:])
        if layer and pick.random() < 0.1:
            layer.pop(pick.choice(sorted(layer)))
        else:
            layer.update([some_file(pick)])
        stacked = [Layer(f"l{number}", dict(files)) for number, files in enumerate(layers)]
        kept = load_model(stacked)
        forget_files()
        forget_loads()
        alone = load_model(stacked)
        assert kept[1] == alone[1]
        assert kept[0] == alone[0]
        load_model(stacked)


def test_the_same_texts_are_the_same_model() -> None:
    catalog = Catalog()
    one, other = load_model(BIKES, catalog), load_model(dict(BIKES), catalog)
    assert one[0] is other[0]
    assert load_model(BIKES, Catalog())[0] is not one[0]
    assert load_model({**BIKES, "x.view": "schema: main"}, catalog)[0] is not one[0]


def test_a_filter_by_another_query_is_asked_again() -> None:
    asks = """\
schema: main
dimensions: { id: {} }
measures:
  m:
    aggregate_type: count
    filters:
      id:
        field_name_in_query: other.b
        query_structure: { base_view: other, fields: [ other.b ] }
  twice: { sql: '${m} * 2' }
"""
    files = {"asks.view": asks, "other.view": "schema: main\ndimensions: { b: {} }\n"}
    assert load_model(files)[1] == ()
    changed = {**files, "other.view": "schema: main\ndimensions: { c: {} }\n"}
    kept = load_model(changed)
    forget_files()
    forget_loads()
    assert kept == load_model(changed)
    assert [item.code for item in kept[1]] == ["unknown_field", "broken_reference"]
