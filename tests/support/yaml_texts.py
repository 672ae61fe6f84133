"""Random YAML: trees of values, and texts in every style with comments at every place."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import strategies as st

from holoscope.modeling.reader.tree import Items, Node, Scalar, Spot, Table

_HARD_WORDS = (
    *("yes", "no", "on", "off", "y", "n", "true", "True", "null", "~", "12:30", "1e3", "017", "0o17", "0x1F"),
    *("1_000", ".5", "-.5", "5.", "1.0", "+12", "2024-01-01", ".inf", "-", "-x", "---", "...", "?", ":", "="),
    *("<<", "*", "&", "!", "|", ">", "%", "@x", "`x", "{}", "[]", "${a}", "${a.b[month]}", "#x", "a#b", "08"),
    *("a:", ":a", "a:b", "tag:x", "-riders.*"),
)
_HARD_TEXTS = [
    "",
    " ",
    "\n",
    "a\n",
    "a\n\n\n",
    "\n\na",
    " a\nb",
    "a \n  b\n ",
    "a\tb",
    "\ta\n\tb",
    "a\r\nb",
    "a #b",
    "a: b",
    "${a} - ${b}",
    "'\"ID\"'",
    "it's",
    'say "hi" \\ it\'s',
    "{{ filters.x.value }}",
    "@{x}",
    "🚲 é\n💡",
    "\u2028",
    "\x85",
    "\ufeffa",
    "a\n# b\n",
    "---\na\n...\n",
    "a\n   \nb",
    "   \nb",
    "x" * 200,
]
_SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
words = st.one_of(
    st.sampled_from(_HARD_WORDS),
    st.sampled_from(_HARD_TEXTS),
    st.text("ab #:-'\"\n\t{}[]$,|>&*!?\\", max_size=12),
    st.text(_SIGNS, max_size=8),
)
keys = st.one_of(st.sampled_from(["a", "b", "sorts", "desc", "sql", "label", "dimensions", "schema"]), words)


def _scalar(value: Any, text: str | None = None) -> Scalar:
    spot = Spot(0, 0)
    return Scalar(value, str(value) if text is None else text, spot, spot)


def _table(entries: dict[str, Node]) -> Table:
    spot = Spot(0, 0)
    return Table({key: (spot, value) for key, value in entries.items()}, spot, spot)


def _items(values: list[Node]) -> Items:
    return Items(values, Spot(0, 0), Spot(0, 0))


scalars = st.one_of(
    words.map(_scalar),
    st.booleans().map(lambda value: _scalar(value, str(value).lower())),
    st.just(None).map(lambda _: _scalar(None, "")),
    st.integers(-(10**12), 10**12).map(_scalar),
)
trees: st.SearchStrategy[Node] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(_items), st.dictionaries(keys, inner, max_size=4).map(_table)
    ),
    max_leaves=12,
)

_plain_values = st.recursive(
    st.one_of(st.sampled_from(["x", "a b", "two\nlines\n", "1e3", ""]), st.integers(0, 99), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "c", "sorts", "desc", "schema"]), inner, max_size=3),
    ),
    max_leaves=10,
)


@st.composite
def commented_texts(draw: st.DrawFn) -> str:
    """A text of maps and lists in mixed styles, with comments `# c<number>` between and behind lines."""
    value = draw(
        st.one_of(
            st.lists(_plain_values, max_size=4), st.dictionaries(keys_of_tables, _plain_values, max_size=4)
        )
    )
    style = draw(st.sampled_from([None, False, True]))
    text = yaml.safe_dump(value, default_flow_style=style, width=20, sort_keys=False, allow_unicode=True)
    lines = []
    number = 0
    for line in [*text.splitlines(), ""]:
        for _ in range(draw(st.integers(0, 2))):
            indent = draw(st.integers(0, 6))
            lines.append(" " * indent + f"# c{number}")
            number += 1
        if draw(st.booleans()) and draw(st.booleans()):
            lines.append("")
        behind = f" # c{number}" if line and draw(st.booleans()) else ""
        number += 1
        lines.append(line + behind)
    return "\n".join(lines) + "\n"


keys_of_tables = st.sampled_from(["name", "schema", "dimensions", "measures", "sql", "other", "more"])
