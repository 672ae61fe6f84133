"""The model while it is put together: what the files say, before the rules have had their say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from holoscope.modeling.codes import Code
from holoscope.modeling.composites import CompositeTopic
from holoscope.modeling.curation import curated
from holoscope.modeling.dynamic import add_virtual_views
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.findings import Finding
from holoscope.modeling.names import AnyField, Names
from holoscope.modeling.reader.composites import CompositeFile
from holoscope.modeling.reader.files import ParsedFile
from holoscope.modeling.reader.model import ModelFile
from holoscope.modeling.reader.relationships import Declared, RelationshipsFile
from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.topics import TopicFile
from holoscope.modeling.reader.views import ViewFile
from holoscope.modeling.references import Reference, find_references, qualified
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.topics import Topic
from holoscope.modeling.views import QueryBody, View


@dataclass(frozen=True, slots=True)
class Use:
    """One field naming another, in SQL (`key` is `sql` or another such key), `filters`, `order_by_field`.

    `target` is None when the name means nothing; `name` is empty when it is malformed.
    """

    source: AnyField
    file: str
    key: str
    path: Path
    text: str
    view: str
    name: str
    grain: str | None
    target: AnyField | None
    needle: str = ""
    offset: int = 0

    def finding(self, code: Code, message: str, fix: str | None = None) -> Finding:
        """Make a finding at this use."""
        return Finding(
            code,
            message,
            self.file,
            self.path,
            fix=fix,
            at_value=self.key == "order_by_field",
            needle=self.needle,
            offset=self.offset,
        )


@dataclass(slots=True)
class Draft:
    """Everything the rules look at. `views` and `topics` hold only what could be read."""

    model: ModelFile
    files: dict[str, ViewFile]
    views: dict[str, View]
    topics: dict[str, Topic]
    declared: list[Declared]
    names: Names
    uses: list[Use] = field(default_factory=list)
    topic_files: dict[str, TopicFile] = field(default_factory=dict)
    composites: dict[str, CompositeTopic] = field(default_factory=dict)
    insides: dict[str, Inside] = field(default_factory=dict)
    unsettled: set[str] | None = None

    @property
    def checked(self) -> dict[str, View]:
        """The views that rules look at: those that are not known to be well."""
        if self.unsettled is None:
            return self.views
        return {name: self.views[name] for name in self.views if name in self.unsettled}

    def names_in(self, topic: str | None) -> Names:
        """Give the names as a topic knows them; outside of topics for None."""
        inside = self.insides.get(topic) if topic is not None else None
        return self.names if inside is None else inside.names


@dataclass(slots=True)
class Inside:
    """What a topic's `views:` block makes: whole views, and the names that hold in that topic."""

    views: dict[str, View]
    files: dict[str, ViewFile]
    names: Names
    uses: list[Use] = field(default_factory=list)


def build_draft(
    parsed: Iterable[ParsedFile], unsettled: Callable[[Iterable[ViewFile]], set[str]] | None = None
) -> tuple[Draft, list[Finding]]:
    """Bring the files together; of two files with one name the first stays.

    `unsettled` tells which of the views rules must look at; without it, at all of them.
    """
    model = ModelFile()
    files: dict[str, ViewFile] = {}
    owners: dict[tuple[str, str], str] = {}
    topics: dict[str, Topic] = {}
    topic_files: dict[str, TopicFile] = {}
    composites: dict[str, CompositeTopic] = {}
    declared: list[Declared] = []
    findings: list[Finding] = []
    for item in parsed:
        content = item.content
        if isinstance(content, ModelFile):
            model = content
        elif isinstance(content, RelationshipsFile):
            declared.extend(content.declared)
        elif isinstance(content, ViewFile | TopicFile | CompositeFile):
            kind = "view" if isinstance(content, ViewFile) else "topic"
            first = owners.setdefault((kind, content.name), item.file)
            if first != item.file:
                code = Code.DUPLICATE_VIEW if kind == "view" else Code.DUPLICATE_TOPIC
                message = f'The {kind} "{content.name}" stands in the file "{first}" already.'
                findings.append(Finding(code, message, item.file, ()))
            elif isinstance(content, ViewFile):
                files[content.name] = content
            elif isinstance(content, CompositeFile):
                if content.topic is not None:
                    composites[content.name] = content.topic
            else:
                is_template = content.topic is not None and content.topic.template
                declared.extend(() if is_template else content.declared)
                if content.topic is not None and not is_template:
                    topics[content.name] = content.topic
                    if content.views:
                        topic_files[content.name] = content
    add_virtual_views(files, model.dynamic_schemas)
    templates = [name for name, file in files.items() if file.template]
    views = {name: file.view for name, file in files.items() if file.view is not None and not file.template}
    views, excluded = curated(views, model.extra)
    lost = (f"{name}.{item}" for name, file in files.items() for item in file.left_out)
    names = Names(
        views,
        _aliases(declared),
        (name for name in files if name not in views),
        lost,
        templates,
        excluded,
        has_fiscal_year=model.fiscal_month_offset is not None,
    )
    draft = Draft(
        model, files, views, topics, declared, names, topic_files=topic_files, composites=composites
    )
    draft.unsettled = None if unsettled is None else unsettled(files.values())
    draft.uses = list(uses_of(draft))
    return draft, findings


def leave_out_views(draft: Draft, lost: Iterable[str]) -> None:
    """Take views out of the draft, so that whatever names them is told so."""
    for name in lost:
        draft.views.pop(name, None)
    names = draft.names
    gone = (*names.lost_views, *lost)
    draft.names = names.over(draft.views, lost_views=gone)
    draft.uses = list(uses_of(draft))


def _aliases(declared: Iterable[Declared]) -> dict[str, str]:
    """Return join alias -> the view it copies; the first declaration of an alias counts."""
    named: dict[str, str] = {}
    for item in declared:
        relationship = item.relationship
        for alias, view in (
            (relationship.left, relationship.left_view),
            (relationship.right, relationship.right_view),
        ):
            if alias != view:
                named.setdefault(alias, view)
    resolved: dict[str, str] = {}
    for alias, view in named.items():
        seen, base = {alias}, view
        while base in named and base not in seen:
            seen.add(base)
            base = named[base]
        resolved[alias] = base
    return resolved


def uses_of(draft: Draft) -> Iterator[Use]:
    """Yield what the fields of the draft's views name."""
    for view in draft.checked.values():
        if view.ignored:
            continue
        references = draft.files[view.name].references
        for name in references:
            source = view.dimensions.get(name) or view.measures[name]
            if not source.ignored:
                yield from _sql_uses(draft, view, source)
        for measure in view.measures.values():
            if not measure.ignored:
                yield from _detail_uses(draft.names, measure, "measures")
                for key in measure.filters:
                    path = ("measures", measure.name, "filters", key)
                    yield _use(draft.names, measure, "filters", path, key)
        if view.query is not None:
            yield from _query_uses(draft.names, view, view.query)
        for dimension in view.dimensions.values():
            if not dimension.ignored:
                yield from _detail_uses(draft.names, dimension, "dimensions")
                yield from _dimension_uses(draft.names, dimension)


def _query_uses(names: Names, view: View, query: QueryBody) -> Iterator[Use]:
    """A column of a query view needs the field it is made of."""
    for name, alias in query.fields.items():
        column = None if name in query.calculations else view.dimensions.get(alias)
        if column is not None and column.sql is None and not column.ignored:
            yield _use(names, column, "query", ("query", "fields", name), name)


def _dimension_uses(names: Names, dimension: Dimension) -> Iterator[Use]:
    duration, order = dimension.duration, dimension.order_by_field
    if duration is not None:
        for key, sql in (("sql_start", duration.sql_start), ("sql_end", duration.sql_end)):
            for found in find_references(sql):
                yield _reference_use(names, dimension, ("dimensions", dimension.name, "duration", key), found)
    if order:
        name = qualified(order, dimension.view)
        yield _use(names, dimension, "order_by_field", ("dimensions", dimension.name, "order_by_field"), name)


def _sql_uses(draft: Draft, view: View, source: AnyField) -> Iterator[Use]:
    section = "dimensions" if source.name in view.dimensions else "measures"
    for reference in draft.files[view.name].references[source.name]:
        yield _reference_use(draft.names, source, (section, source.name, "sql"), reference)


def _detail_uses(names: Names, source: AnyField, section: str) -> Iterator[Use]:
    """Yield what keys of distinct values, grains and rankings name."""
    at = (section, source.name)
    if isinstance(source, Measure) and source.custom_primary_key_sql:
        for found in find_references(source.custom_primary_key_sql):
            yield _reference_use(names, source, (*at, "custom_primary_key_sql"), found)
    detail = source.level_of_detail
    if detail is not None:
        inside = (*at, "level_of_detail")
        for number, name in enumerate(detail.fields):
            yield _use(names, source, "level_of_detail", (*inside, detail.grouping.value, number), name)
        for found in find_references(detail.custom_primary_key_sql or ""):
            yield _reference_use(names, source, (*inside, "custom_primary_key_sql"), found)
    if isinstance(source, Dimension) and source.dynamic_top_n is not None:
        by = source.dynamic_top_n.by
        yield _use(names, source, "dynamic_top_n", (*at, "dynamic_top_n", "by"), by)


def _reference_use(names: Names, source: AnyField, path: Path, reference: Reference) -> Use:
    owner = reference.view or source.view
    return Use(
        source=source,
        file=names.views[source.view].position.file,
        key=str(path[-1]),
        path=path,
        text=reference.text,
        view=owner,
        name=reference.name,
        grain=reference.grain,
        target=names.find(owner, reference.name) if reference.name else None,
        needle=reference.text,
        offset=reference.start,
    )


def _use(names: Names, source: AnyField, key: str, path: Path, text: str) -> Use:
    base, grain = split_grain(text)
    view, _, name = base.partition(".")
    file = names.views[source.view].position.file
    return Use(source, file, key, path, text, view, name, grain, names.find(view, name))
