"""Reading templates: parts, positions, and what is said about anything else between braces."""

import pytest

from holoscope.modeling.templates import Block, Text, Token, TokenKind, read_template


@pytest.mark.parametrize(
    ("text", "kind", "view", "field"),
    [
        ("{{ filters.v.f.value }}", TokenKind.VALUE, "v", "f"),
        ("{{filters.v.f.range_start}}", TokenKind.RANGE_START, "v", "f"),
        ("{{\n filters . v . f . range_end }}", TokenKind.RANGE_END, "v", "f"),
        ("{{ omni_attributes.team }}", TokenKind.ATTRIBUTE, "", "team"),
        ("{{ v.f.in_query }}", TokenKind.IN_QUERY, "v", "f"),
        ("{{ v.in_query }}", TokenKind.IN_QUERY, "v", ""),
        ("{{ v.f.is_selected }}", TokenKind.IS_SELECTED, "v", "f"),
        ("{{ v.is_filtered }}", TokenKind.IS_FILTERED, "v", ""),
    ],
)
def test_tokens(text, kind, view, field):
    template = read_template(f"a {text} b")
    token = template.parts[1]
    assert isinstance(token, Token)
    assert (token.kind, token.view, token.field, token.start) == (kind, view, field, 2)
    assert (template.parts[0], template.parts[2]) == (Text("a "), Text(" b"))


def test_sections_nest_and_may_be_inverted():
    text = "{{# v.f.filter }} x + {{ filters.v.n.value }} {{/ v.f.filter }}{{^v.f.filter}}y{{/v.f.filter}}"
    first, second = read_template(text).parts
    assert isinstance(first, Block)
    assert isinstance(second, Block)
    assert (first.inverted, second.inverted, second.body) == (False, True, (Text("y"),))
    assert [part.source for part in read_template(text).named()] == [
        "{{# v.f.filter }}",
        "{{ filters.v.n.value }}",
        "{{^v.f.filter}}",
    ]


@pytest.mark.parametrize(
    ("text", "start", "fix"),
    [
        ("{{ filters.v.f.valeu }}", 0, "Did you mean filters.v.f.value?"),
        ("a {{ filters.f.value }}", 2, "Write filters.view.field.value, with the view's reference name."),
        ("{{ v.f.value }}", 0, "Did you mean filters.v.f.value?"),
        ("{{ v.f.filter }}", 0, "Write {{# v.f.filter }} SQL {{/ v.f.filter }}."),
        ("{{ omni_attribute.team }}", 0, "Did you mean omni_attributes.team?"),
        ("{{ v.f.is_selcted }}", 0, "Did you mean v.f.is_selected?"),
        ("{{# v.f }} x {{/ v.f }}", 0, "Write {{# view.field.filter }}."),
        ("{{/ v.f.filter }}", 0, "Remove it."),
        ("{{# v.f.filter }} x {{/ v.g.filter }}", 20, "Write {{/ v.f.filter }}."),
        ("{{# v.f.filter }} x", 0, None),
        ("x {{ v.f.in_query", 2, None),
        ("{{ 1 + 1 }}", 0, None),
        ("{{{ v.f.in_query }}}", 0, None),
        ("{{ }}", 0, None),
    ],
)
def test_anything_else_is_a_fault(text, start, fix):
    template = read_template(text)
    assert template.parts == ()
    assert template.faults[0].start == start
    assert fix is None or template.faults[0].fix == fix
