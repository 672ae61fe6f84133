"""What compiling a query yields: text, and all that a reader of its result needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from holoscope.modeling.conditions import Condition
from holoscope.modeling.types import DataType
from holoscope.query.reuse.signature import Signature

ROW_NUMBER = "$omni_pivot_row_num"
COLUMN_NUMBER = "$omni_pivot_col_num"
"""Number the rows and the columns of a pivoted result."""
FORMAT_COLUMN = "__omni_format_"
"""Begins the names of columns that only formats read."""
GREATEST = "_to"
"""Ends the name of the column with the greatest value of a group, where the other has the least."""


@dataclass(frozen=True, slots=True)
class FormatText:
    """A format in which the n-th mark of `format_texts` stands for the value of the n-th column."""

    text: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Varying:
    """A format that each row chooses: the first choice whose condition the value of `column` meets."""

    column: str | None = None
    choices: tuple[tuple[Condition, FormatText | None], ...] = ()
    otherwise: FormatText | None = None


@dataclass(frozen=True, slots=True)
class ResultField:
    """One entry of the wire's `summary.fields` (query digest §1.6); `name` is its key and Arrow column."""

    name: str
    view_name: str
    field_name: str
    fully_qualified_name: str
    data_type: DataType
    is_dimension: bool
    label: str
    format: str | None = None
    date_type: str | None = None
    aggregate_type: str | None = None
    sql: str = ""
    display_sql: str = ""
    description: str | None = None
    hidden: bool = False
    varying: Varying | None = None
    is_calc: bool = False


@dataclass(frozen=True, slots=True)
class PivotShape:
    """How a pivoted result, which is long, is read as a wide table. All names but the last four are fields'.

    `rows` name the keys of a row, `pivots` those of a column, from the outermost; `values` stand in every
    cell, `once` are the same in all cells of a row. Cells with equal numbers in `row_number` and
    `column_number` share a row or a column, whose order these are. `column_total` marks rows of totals and
    `row_total` the cells that total a row, None where there are none. `labels` say how values of a pivot are
    headed, by its name, where not by the value itself.
    """

    rows: tuple[str, ...]
    pivots: tuple[str, ...]
    values: tuple[str, ...]
    once: tuple[str, ...] = ()
    row_number: str = ROW_NUMBER
    column_number: str = COLUMN_NUMBER
    column_total: str | None = None
    row_total: str | None = None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def unsigned() -> None:
    """Say that nothing is known of what a result holds."""


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """Text to run and the facts about its result.

    `columns` are all Arrow columns in order, reserved helper columns included; `fields` are
    the visible ones. `limit_rows` is the effective limit, None for none. `max_cache_age_seconds`
    comes from the topics' or model's `cache_policies`, None for the built-in default. `depends_on_now`
    is False only when the same arguments give this text at every instant; then it may be kept.
    `numeric_locale` and `time_zone` say how its values are read. With `is_opaque` the text is the asker's
    own: `columns`, or the types of `fields`, are known from the result alone; `is_capped` text does not say
    how many rows it gives at most. `parse_failed`: it was to be read against the model and could not be.
    What few readers need is worked out when it is asked for: `describe` gives the query as OmniSQL, and
    `sign` says what its result holds, None where nothing can be derived from that or for that.
    `invalid_calculations` are what is wrong with calculations whose cells show an error.
    `pivot` is None unless the result is pivoted.
    """

    sql: str
    describe: Callable[[], str] = field(compare=False, repr=False)
    columns: tuple[str, ...]
    fields: tuple[ResultField, ...]
    missing_fields: tuple[str, ...]
    limit_rows: int | None
    max_cache_age_seconds: int | None
    dialect: str
    depends_on_now: bool = True
    numeric_locale: str = "en_US"
    time_zone: str = "UTC"
    cache_policies: tuple[str, ...] = ()
    is_opaque: bool = False
    is_capped: bool = False
    parse_failed: bool = False
    sign: Callable[[], Signature | None] = field(default=unsigned, compare=False, repr=False)
    invalid_calculations: Mapping[str, str] = field(default_factory=dict)
    pivot: PivotShape | None = None

    @property
    def omni_sql(self) -> str:
        """The query in the model's own words, "" where it is in the asker's."""
        return self.describe()

    @property
    def signature(self) -> Signature | None:
        """What its result holds."""
        return self.sign()
