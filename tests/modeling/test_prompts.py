"""Text for language models: sections by model and agent, attributes, and what stays as it is written."""

import pytest

from holoscope.modeling.prompts import Reader, read_prompt, render_prompt
from support.modeltext import bikes

TEXT = (
    "For {{omni_attributes.team}}. {{# omni_llm.smartest }}Think.{{/ omni_llm.smartest }}"
    "{{^ omni_llm.smartest }}Be quick.{{/ omni_llm.smartest }}"
    "{{# omni_agent.build }} You are {{ omni_agent.name }}.{{/ omni_agent.build }}"
)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (Reader({"team": ("ops", "eu")}), "For ops, eu. Be quick."),
        (Reader({}, agent="build", llm="smartest"), "For . Think. You are build."),
        (
            Reader({"team": ("{{ omni_agent.name }}",)}, agent="analyze"),
            "For {{ omni_agent.name }}. Be quick.",
        ),
    ],
)
def test_rendering(reader, text):
    assert render_prompt(TEXT, reader) == text
    assert read_prompt(TEXT).faults == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a {{ filters.v.f.value }} b", "token of SQL"),
        ("{{ v.in_query }}", "token of SQL"),
        ("{{# v.f.filter }} x {{/ v.f.filter }}", "token of SQL"),
        ("{{ omni_atributes.team }}", "no token of ai_context"),
        ("{{# omni_llm.smart }} x", "no token of ai_context"),
        ("{{# omni_llm.smartest }} x", "not closed"),
        ("x {{/ omni_llm.smartest }}", "not open"),
        ("{{# omni_llm.fastest }}{{# omni_agent.build }}{{/ omni_llm.fastest }}", "not open"),
    ],
)
def test_what_is_no_token_stays(text, message):
    assert message in read_prompt(text).faults[0].message
    assert render_prompt(text, Reader({"team": ("x",)}, llm="smartest")) == text


def test_it_is_a_warning_and_fields_are_verbatim():
    view = "schema: main\nai_context: '{{ trips.in_query }}'\ndimensions: { id: { ai_context: '{{ x }}' } }\n"
    model, lines = bikes(stations_view=view)
    assert lines == ["stations.view:2:13 bad_prompt"]
    assert model.views["stations"].ai_context == "{{ trips.in_query }}"
    assert model.views["stations"].dimensions["id"].ai_context == "{{ x }}"


def test_no_text():
    assert render_prompt(None, Reader({})) is None
