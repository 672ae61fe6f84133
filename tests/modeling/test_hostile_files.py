"""Whatever stands in a model's files, validation answers with findings and writing with text or reasons."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holoscope.modeling.check import check_model
from holoscope.modeling.codes import Code
from holoscope.modeling.combine import combined_text, delta_text
from holoscope.modeling.layers import Layer
from holoscope.modeling.reader.tree import MAX_BYTES
from holoscope.modeling.writer import canonical_text
from holoscope.modelstore.folder import load_folder
from support.pace import within
from support.shop import SHOP_MODEL_FOLDER
from support.yaml_texts import commented_texts

NAMES = ("model", "relationships", "a.view", "b.topic", "c.query.view", "d.composite_topic")
CORPUS = {
    "bomb": "a: &a [x, x, x]\n"
    + "".join(f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *a]\n" for n in range(40)),
    "deep": "[" * 5000 + "]" * 5000,
    "deep maps": "".join(f"{' ' * n}a:\n" for n in range(200)),
    "tabs": "dimensions:\n\tid: {}\n",
    "no text": "\x00\x01\x02",
    "surrogate": "a: \ud800\n",
    "mark": "\ufeffdimensions: {}\n",
    "only a scalar": "7",
    "only a list": "- a\n- b: [\n",
    "wrong types": "dimensions: [1]\nmeasures: 3\nfilters: x\nquery: []\nextends: {}\njoins: 1\n"
    "fields: {}\nviews: []\n",
    "lists of nulls": "dimensions:\n  a: []\n  b: 3\n  c: {sql: [], groups: 1, format: {a: []}}\n"
    "extends: [~, 1, {}]\n",
    "odd names": "name: ../../etc\ndimensions:\n  '': {}\n  '..': {}\n  'a.b': {}\n  'a b': {}\n",
    "bad references": "dimensions:\n  a: {sql: '${'}\n  b: {sql: '${}'}\n  c: {sql: '${a.b.c}'}\n"
    "  d: {sql: '{{'}\n",
    "tags": "a: !!python/object:os.system x\n",
    "own alias": "a: &a\n  b: *a\n",
    "twice": "a: 1\na: 2\n",
    "merge key": "a: &a {x: 1}\nb: {<<: *a}\n",
    "huge number": "a: " + "9" * 5000 + "\nb: 1e999999999\n",
    "huge text": "description: " + "x" * 300_000 + "\n",
    "documents": "a: 1\n---\nb: 2\n",
    "directive": "%YAML 3.0\n---\na: 1\n",
    "breaks": "a: 1\x85b: 2\u2028# c\u2029d: 3\r\n",
    "complex keys": "? [a]\n: 1\n",
    "long key": "? " + "k" * 3000 + "\n: 1\n",
}


def _all(text: str) -> None:
    files = dict.fromkeys(NAMES, text)
    check_model(files, attributes=["region"])
    layers = [Layer("low", files), Layer("high", dict.fromkeys(NAMES, "label: x\n"))]
    check_model(layers)
    for name in NAMES:
        written, problems = canonical_text(name, text)
        assert (written is None) == bool(problems)
        if written is not None:
            assert canonical_text(name, written) == (written, ())
        combined_text(layers, name)
        delta_text(text, layers, name)
        delta_text("label: y\n", layers, name)


@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus(name: str) -> None:
    _all(CORPUS[name])


@given(st.binary(max_size=200).map(lambda data: data.decode(errors="replace")))
@settings(max_examples=60, deadline=None)
def test_any_bytes(text: str) -> None:
    _all(text)


@given(commented_texts())
@settings(max_examples=40, deadline=None)
def test_any_yaml(text: str) -> None:
    _all(text)


_PIECES = (
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        "- ",
        "#",
        "&a ",
        "*a",
        "!!str ",
        "|\n",
        "'",
        '"',
        "\t",
        "\n",
        "${",
        "}}",
        "{{",
        "@{",
    ),
    *(
        "null",
        "1e9",
        "..",
        "/",
        "dimensions:",
        "extends: [a]\n",
        "template: true\n",
        "query:\n",
        "sql: ",
        "views:\n",
    ),
    *(
        "ignored: true\n",
        "filters: ",
        "level_of_detail: ",
        "groups: ",
        "[]",
        "{}",
        "? ",
        "---\n",
        "\u2028",
        "\x00",
    ),
)


@pytest.mark.parametrize("seed", range(12))
def test_a_good_model_with_damage(seed: int) -> None:
    chance = random.Random(seed)
    base = load_folder(SHOP_MODEL_FOLDER)
    files = dict(base)
    for _ in range(6):
        name = chance.choice(sorted(base))
        text = files[name]
        start = chance.randrange(len(text) + 1)
        end = start + chance.choice([0, 0, 3, 20])
        files[name] = text[:start] + chance.choice(_PIECES) + text[end:]
    check_model(files, attributes=["region"])
    for name, text in files.items():
        written, _ = canonical_text(name, text)
        if written is not None:
            assert canonical_text(name, written)[0] == written


def test_views_and_fields_that_extend_each_other_in_circles() -> None:
    files = {
        f"v{n}.view": f"schema: s\nextends: [v{(n + 1) % 5}]\ndimensions: {{id: {{}}}}\n" for n in range(5)
    }
    assert check_model(files)
    fields = "schema: s\ndimensions:\n  a: {extends: [x.b]}\n  b: {extends: [x.a]}\n"
    assert check_model({"x.view": fields})


@pytest.mark.parametrize(
    "name", ["../a.view", "/a.view", "a//b.view", "a\\b.view", "a\x00.view", "..", "", "x.txt"]
)
def test_names_of_files(name: str) -> None:
    (found,) = check_model({name: "schema: s\n"})
    assert found.code == Code.UNKNOWN_FILE


@pytest.mark.parametrize(
    "line",
    ["  d{n}: {{}}\n", "  d{n}: {{sql: '${{d0}}'}}  # c\n", "  # c\n  d{n}:\n    label: x\n    # d\n"],
    ids=["fields", "references", "comments"],
)
def test_time_grows_with_the_text(line: str) -> None:
    def seconds(count: int) -> float:
        text = "schema: s\ndimensions:\n" + "".join(line.format(n=n) for n in range(count))
        assert len(text) < MAX_BYTES
        best = 1e9
        for attempt in range(2):
            started = time.process_time()
            check_model({"a.view": f"{text}# {attempt} {count}\n"})
            canonical_text("a.view", text)
            best = min(best, time.process_time() - started)
        return best

    seconds(200)
    assert within(lambda: 4 * seconds(2000) * 3 + 0.5, lambda: seconds(8000))
