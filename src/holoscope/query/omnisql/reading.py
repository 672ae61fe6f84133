"""From text to a tree with marks: `${...}` and templates are cut out before the text is parsed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.templates import is_templated
from holoscope.query.omnisql.errors import no_such_field, no_such_view
from holoscope.query.resolve import Resolver
from holoscope.query.sqljobs.visible import require_visible_templates
from holoscope.query.templates import Rendered, demand_values, put_values, render
from holoscope.sql.folding import fold
from holoscope.sql.marks import holds_mark, section_index
from holoscope.sql.parse import (
    LONGEST_READ,
    REFERENCE,
    cut_references,
    read_query,
    reference_index,
    statements_in,
)


@dataclass(slots=True)
class Reading:
    """A statement's tree, its references by the number of their mark, and its templates' sections."""

    tree: exp.Query
    references: list[str]
    rendered: Rendered

    def mark(self, name: str) -> str:
        """Give the mark of one more reference."""
        self.references.append(name)
        return f"__ref_{len(self.references) - 1}"


def read_omnisql(text: str, resolver: Resolver) -> Reading | None:
    """Read a statement; None when it is no query that the tree library can read.

    Raises:
        InvalidQuery: a template in it cannot be filled in; the text uses a name that is kept for marks; it
            can be read and is not one query.
    """
    if len(text) > LONGEST_READ:
        raise InvalidQuery(
            f"SQL over the model may have {LONGEST_READ:,} characters: this has {len(text):,}."
        )
    if holds_mark(text):
        raise InvalidQuery("The SQL uses a name that begins with __ref_, __token_ or __section_: change it.")
    rendered = Rendered(text)
    if is_templated(text):
        require_visible_templates(text, resolver)
        rendered = render(text, resolver.context, resolver.asked, lambda name: name)
    marked, references = cut_references(rendered.text)
    parsed = read_query(marked, resolver.context.dialect.name)
    if parsed is None:
        _refuse_statements(marked, resolver.context.dialect.name)
        return None
    refuse_reserved(parsed)
    _restore(parsed, rendered.text)
    tree = fold(put_values(parsed, rendered)) if is_templated(text) else parsed
    demand_values(tree, rendered)
    return Reading(tree, references, rendered) if isinstance(tree, exp.Query) else None


def _refuse_statements(text: str, dialect: str) -> None:
    """Say what is wrong with a text that can be read and is no query."""
    count = statements_in(text, dialect)
    if count is None:  # it cannot be read: the warehouse may know it
        return
    if count > 1:
        raise InvalidQuery(
            f"query.userEditedSQL holds {count} statements: send one SELECT, and the others as queries of "
            "their own."
        )
    raise InvalidQuery("SQL over the model is one SELECT: nothing else is read in query.userEditedSQL.")


def refuse_reserved(tree: exp.Expr) -> None:
    """Refuse calls of names that stand for meanings of the compiler's own."""
    for node in tree.find_all(exp.Anonymous):
        if str(node.this).startswith("__") and section_index(node) is None:
            raise InvalidQuery(f'There is no function "{node.this}".')


def _restore(tree: exp.Expr, text: str) -> None:
    """Give back to quoted texts and names what only looked like a reference in them."""
    written = [match.group(0) for match in REFERENCE.finditer(text)]
    for node in _quoted(tree):
        content = str(node.this)
        if "__ref_" in content:
            for number in reversed(range(len(written))):
                content = content.replace(f"__ref_{number}", written[number])
            node.set("this", content)


def _quoted(tree: exp.Expr) -> Iterator[exp.Expr]:
    for node in tree.walk():
        is_text = isinstance(node, exp.Literal) and node.is_string
        if is_text or (isinstance(node, exp.Identifier) and node.quoted):
            yield node


def require_known(text: str, resolver: Resolver) -> None:
    """Refuse a text that cannot be read and names what is not there (a hard error before any fallback)."""
    for match in REFERENCE.finditer(text):
        name = match.group(1)
        base = name.partition("[")[0]
        if "." not in base:
            if resolver.lookup.find_view(base) is None:
                raise no_such_view(name)
        elif resolver.lookup.find(base) is None:
            raise no_such_field(name)


def written_at(node: exp.Expr, references: list[str]) -> str | None:
    """Give the reference that a column, or a table, of a statement stands for."""
    if isinstance(node, exp.Table):
        node = exp.column(node.name) if not node.db else exp.null()
    index = reference_index(node)
    return None if index is None or index >= len(references) else references[index]
