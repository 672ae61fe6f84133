"""User attributes that rules and SQL compare with exist (modeling digest §17, §19.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holoscope.modeling.codes import Code
from holoscope.modeling.conditions import AttributeMatch, Composite, Condition
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.reader.report import Path
from holoscope.modeling.templates import Token, TokenKind, is_templated, read_template
from holoscope.modeling.validate.advised import Advised

_Place = tuple[str, Path, str]


def check(advised: Advised) -> Iterator[Finding]:
    """Warn about unknown attributes; what needs one fails or stays closed for everybody."""
    known = advised.attributes
    if known is None:
        return
    for file, path, name in (*_rules(advised.draft), *_tokens(advised.draft)):
        if name not in known:
            found = advised.draft.names.hint(name, known)
            yield Finding(
                Code.UNKNOWN_ATTRIBUTE,
                f'No such user attribute "{name}".',
                file,
                path,
                severity=Severity.WARNING,
                fix=f"Did you mean {found}?" if found else "Define it, or set it for the users concerned.",
                at_value=path[-1] == "user_attribute",
                needle="" if path[-1] == "user_attribute" else name,
            )


def _rules(draft: Draft) -> Iterator[_Place]:
    for grant in draft.model.access_grants.values():
        yield "model", ("access_grants", grant.name, "user_attribute"), grant.user_attribute
    key = "default_topic_access_filters"
    for number, rule in enumerate(draft.model.default_topic_access_filters):
        yield "model", (key, number, "user_attribute"), rule.user_attribute
    for view in draft.views.values():
        for measure in view.measures.values():
            yield from _compared(
                measure.position.file, ("measures", measure.name, "filters"), measure.filters
            )
    for topic in draft.topics.values():
        for key in ("default_filters", "always_where_filters", "always_having_filters"):
            yield from _compared(topic.position.file, (key,), getattr(topic, key))
        for number, rule in enumerate(topic.access_filters or ()):
            path = ("access_filters", number, "user_attribute")
            yield topic.position.file, path, rule.user_attribute


def _compared(file: str, path: Path, filters: Mapping[str, Condition]) -> Iterator[_Place]:
    for name, condition in filters.items():
        parts = condition.parts if isinstance(condition, Composite) else (condition,)
        for part in parts:
            if isinstance(part, AttributeMatch):
                yield file, (*path, name), part.attribute


def _tokens(draft: Draft) -> Iterator[_Place]:
    for file, path, sql in _texts(draft):
        if sql is None or not is_templated(sql):
            continue
        for part in read_template(sql).named():
            if isinstance(part, Token) and part.kind is TokenKind.ATTRIBUTE:
                yield file, path, part.field


def _texts(draft: Draft) -> Iterator[tuple[str, Path, str | None]]:
    for view in draft.views.values():
        yield view.position.file, ("sql",), view.sql
        for section, fields in (("dimensions", view.dimensions), ("measures", view.measures)):
            for item in fields.values():
                yield item.position.file, (section, item.name, "sql"), item.sql
    for declared in draft.declared:
        yield declared.file, (*declared.path, "on_sql"), declared.relationship.on_sql
        yield declared.file, (*declared.path, "where_sql"), declared.relationship.where_sql
    for topic in draft.topics.values():
        yield topic.position.file, ("always_where_sql",), topic.always_where_sql
        yield topic.position.file, ("always_having_sql",), topic.always_having_sql
