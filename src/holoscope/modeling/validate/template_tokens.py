"""Templates in SQL hold known tokens, and these name what the model has (modeling digest §14.1)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.reader.report import Path
from holoscope.modeling.templates import Block, Token, TokenKind, is_templated, read_template
from holoscope.modeling.validate.places import relationship_out, topic_out, view_out
from holoscope.modeling.views import View


def check_views(draft: Draft) -> Iterator[Finding]:
    """Report bad tokens in the SQL of views, which are left out with them."""
    for view in draft.checked.values():
        if not view.ignored:
            yield from _check(draft.names, view.sql, view.position.file, ("sql",), view_out(view))


def check_fields(draft: Draft) -> Iterator[Finding]:
    """Report bad tokens in the SQL of fields; a field that holds one is left out."""
    for view in draft.checked.values():
        if view.ignored:
            continue
        for section, fields in (("dimensions", view.dimensions), ("measures", view.measures)):
            for item in fields.values():
                for path, sql in _texts(item):
                    if sql is None or "{{" not in sql:
                        continue
                    out = (LeftOut(Kind.FIELD, f"{view.name}.{item.name}"),)
                    yield from _check(
                        draft.names,
                        sql,
                        view.position.file,
                        (section, item.name, *path),
                        () if item.ignored else out,
                    )
        yield from _followed(draft.names, view)


def check_rest(draft: Draft) -> Iterator[Finding]:
    """Report bad tokens in the SQL of joins and topics, which are left out with them."""
    for item in draft.declared:
        relationship = item.relationship
        for key, sql in (("on_sql", relationship.on_sql), ("where_sql", relationship.where_sql)):
            if sql is None or not is_templated(sql):
                continue
            yield from _check(
                draft.names_in(item.topic), sql, item.file, (*item.path, key), relationship_out(item)
            )
    for topic in draft.topics.values():
        for key, sql in (
            ("always_where_sql", topic.always_where_sql),
            ("always_having_sql", topic.always_having_sql),
        ):
            yield from _check(draft.names_in(topic.name), sql, topic.position.file, (key,), topic_out(topic))


def _texts(item: Dimension | Measure) -> Iterator[tuple[Path, str | None]]:
    yield ("sql",), item.sql
    if item.level_of_detail is not None:
        yield ("level_of_detail", "custom_primary_key_sql"), item.level_of_detail.custom_primary_key_sql
    if isinstance(item, Measure):
        yield ("custom_primary_key_sql",), item.custom_primary_key_sql
    elif item.duration is not None:
        yield ("duration", "sql_start"), item.duration.sql_start
        yield ("duration", "sql_end"), item.duration.sql_end


def _check(
    names: Names, sql: str | None, file: str, path: Path, leaves_out: tuple[LeftOut, ...]
) -> Iterator[Finding]:
    if sql is None or not is_templated(sql):
        return
    template = read_template(sql)
    for fault in template.faults:
        yield Finding(
            Code.BAD_TEMPLATE,
            fault.message,
            file,
            path,
            fix=fault.fix,
            leaves_out=leaves_out,
            needle=fault.source,
            offset=fault.start,
        )
    for part in template.named():
        problem = _problem(names, part)
        if problem is not None:
            yield Finding(
                problem.code,
                problem.message,
                file,
                path,
                fix=problem.fix,
                leaves_out=leaves_out,
                needle=part.source,
                offset=part.start,
            )


def _problem(names: Names, part: Token | Block) -> Problem | None:
    if isinstance(part, Token) and part.kind is TokenKind.ATTRIBUTE:
        return None
    if not part.field:
        return names.explain_view(part.view)
    found = names.find_filter(part.view, part.field)
    if found is None:
        return names.explain_any(part.view, part.field)
    if isinstance(part, Block) and found.type is None:
        message = f'"{part.view}.{part.field}" is a column\'s name, not a condition.'
        return Problem(Code.BAD_TEMPLATE, message, f"Use {{{{ filters.{part.view}.{part.field}.value }}}}.")
    return _range_of(part, found)


def _range_of(part: Token | Block, found: FilterField) -> Problem | None:
    ranged = isinstance(part, Token) and part.kind in (TokenKind.RANGE_START, TokenKind.RANGE_END)
    if not ranged or (found.type is not None and found.type.value == "TIMESTAMP"):
        return None
    message = f'"{part.view}.{part.field}" has no range: only filters of type timestamp do.'
    return Problem(Code.BAD_TEMPLATE, message, f"Use filters.{part.view}.{part.field}.value.")


def _followed(names: Names, view: View) -> Iterator[Finding]:
    """A filter-only field that follows another names one that exists."""
    for item in view.filters.values():
        if item.bind is None:
            continue
        owner, _, field = item.bind.partition(".")
        problem = names.explain_any(owner, field)
        if problem is not None:
            path = ("filters", item.name, "bind_to")
            yield Finding(
                problem.code, problem.message, view.position.file, path, fix=problem.fix, at_value=True
            )
