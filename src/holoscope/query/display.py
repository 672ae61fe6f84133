"""Which format a column of the result is shown in, and which other columns that depends on (digest §10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from holoscope.modeling.conditions import Condition, OneOf, StringKind, StringMatch
from holoscope.modeling.fields import ConditionalFormat, Dimension, Measure
from holoscope.modeling.format_texts import Format, fields_in, looked_up, texts_of, with_marks
from holoscope.modeling.formats import canonical_format, is_known_format
from holoscope.modeling.matching import meets
from holoscope.modeling.model import Model
from holoscope.modeling.types import Aggregate, DataType
from holoscope.query.compiled import FormatText, Varying
from holoscope.query.scope import Scope
from holoscope.query.spec import QuerySpec

_COUNTS = (Aggregate.COUNT, Aggregate.COUNT_DISTINCT)


@dataclass(frozen=True, slots=True)
class Shown:
    """A column's format: `wire` is its name for readers; `varying` chooses by the row, where it must."""

    wire: str | None = None
    varying: Varying | None = None


@dataclass(frozen=True, slots=True)
class Displays:
    """The formats of one query's columns.

    `columns` gives the result column that holds a field's value, under the field's name. `settle`
    completes a name that a format of a view writes. Without them no format reads other fields.
    """

    model: Model
    scope: Scope
    spec: QuerySpec
    settle: Callable[[str, str], str | None] = lambda name, view: None
    columns: Mapping[str, str] = field(default_factory=dict)

    def is_fixed(self, found: Dimension | Measure) -> bool:
        """Tell whether a field has the same format in every query and for every asker."""
        format = format_of(found, self.model)
        return format is None or (isinstance(format, str) and not _reads_fields(format))

    def of(self, found: Dimension | Measure, kind: DataType) -> Shown:
        """Choose the format of a field whose values are of this kind."""
        format = format_of(found, self.model)
        if isinstance(format, ConditionalFormat) and format.field is None:
            format = looked_up(self._chosen(format), self.model.custom_formats)
        if format is None or (kind is DataType.STRING and not _reads_fields(format)):
            return Shown(None if kind is DataType.STRING else _default(found))
        if isinstance(format, str):
            text = self._text(format, found.view)
            if text is None:
                return Shown(_default(found))
            return Shown(_wire(format), Varying(otherwise=text) if text.columns else None)
        return self._by_field(format, found.view)

    def _by_field(self, format: ConditionalFormat, view: str) -> Shown:
        column = self._column(format.field or "", view)
        other = self._text(format.otherwise, view)
        wire = _wire(format.otherwise) if other is not None else None
        if column is None:
            return Shown(wire, Varying(otherwise=other) if other and other.columns else None)
        choices = tuple((condition, self._text(text, view)) for condition, text in format.conditions)
        return Shown(wire, Varying(column, choices, other))

    def _text(self, text: str | None, view: str) -> FormatText | None:
        """Ready a text; None when we cannot apply it or a field in it cannot be read."""
        found = looked_up(text, self.model.custom_formats)
        if not isinstance(found, str):
            return None
        columns = [self._column(name, view) for name in fields_in(found)]
        known = [column for column in columns if column is not None]
        marked = with_marks(found)
        if len(known) < len(columns) or not (known or is_known_format(marked)):
            return None
        return FormatText(marked, tuple(known))

    def _column(self, name: str, view: str) -> str | None:
        settled = self.settle(name, view)
        return None if settled is None else self.columns.get(settled)

    def _chosen(self, format: ConditionalFormat) -> str | None:
        """Choose by what is the same for every row: the asker's attribute, or the query's filter."""
        if format.user_attribute is not None:
            values: tuple[object, ...] = self.scope.attributes.get(format.user_attribute, ())
        else:
            values = self._filtered_to(format.filter or "")
        for condition, text in format.conditions:
            if values and all(meets(condition, value) for value in values):
                return text
        return format.otherwise

    def _filtered_to(self, name: str) -> tuple[object, ...]:
        for item in self.spec.filters:
            if item.field == name:
                return tuple(_values(item.condition))
        return ()


def format_of(found: Dimension | Measure, model: Model) -> Format | None:
    """Give a field's format, the name of a custom one looked up."""
    return looked_up(found.conditional_format or found.format, model.custom_formats)


def fields_read(found: Dimension | Measure, model: Model) -> Iterator[str]:
    """Name the fields whose values a field's format needs in each row, as they are written."""
    format = format_of(found, model)
    if isinstance(format, ConditionalFormat) and format.field is not None:
        yield format.field
    for text in texts_of(format):
        inner = looked_up(text, model.custom_formats)
        if isinstance(inner, str):
            yield from fields_in(inner)


def _values(condition: Condition) -> Iterator[object]:
    match condition:
        case OneOf(values, False):
            yield from values
        case StringMatch(StringKind.EQUALS, words, False):
            yield from words


def _reads_fields(format: Format) -> bool:
    return isinstance(format, str) and bool(fields_in(format))


def _wire(text: str | None) -> str | None:
    return None if text is None else canonical_format(text)


def _default(found: Dimension | Measure) -> str | None:
    """Counts are whole numbers with separators unless something else is said."""
    return "NUMBER_0" if isinstance(found, Measure) and found.aggregate in _COUNTS else None
