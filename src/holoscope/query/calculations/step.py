"""Lays a query's calculations over its sheet: which are needed, in what order, and what fails."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.kit.text import title
from holoscope.modeling.formats import canonical_format
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.calculations.calculation import Calculation
from holoscope.query.calculations.problems import BadCalculation, CalculationsFailed
from holoscope.query.calculations.references import References
from holoscope.query.calculations.stages import Stages
from holoscope.query.calculations.term import STRING, Term
from holoscope.query.calculations.totals import Totals
from holoscope.query.calculations.translate import Translator
from holoscope.query.compiled import ResultField
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Target
from holoscope.query.plan.node import Output
from holoscope.query.result_fields import lone_field
from holoscope.query.sheet.sheet import Sheet, SheetColumn
from holoscope.query.spec import QuerySpec
from holoscope.sql.dialect import Unsupported
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.built import Built
    from holoscope.query.resolve import Resolver

ERROR_TEXT = "#ERROR!"


def calculated(
    sheet: Sheet, spec: QuerySpec, resolver: Resolver, built: Built | None = None, *, prefix: str = "__calc"
) -> Sheet:
    """Add the columns of the query's calculations, and keep the rows that pass the filters on them.

    `built` is the query behind the sheet, where there is one: its totals may be read. `prefix` begins the
    names of what is added, which no table of the sheet may have.

    Raises:
        CalculationsFailed: one that does not swallow errors cannot be computed.
        CalculationNeedsSort: one depends on an order that the query does not give.
        NoSuchField: a field or a sort names a calculation that is not there.
    """
    if not spec.calculations:
        return sheet
    work = _Work(sheet, spec, resolver, built, stages=Stages(prefix))
    wanted = _wanted(spec)
    terms = {name: work.term(name) for name in wanted}
    failed = {
        name: work.problems[name.lower()]
        for name in wanted
        if name.lower() in work.problems and not work.calculations[name.lower()].swallows_errors
    }
    if failed:
        raise CalculationsFailed(failed)
    return _filtered(work.laid(terms), spec, resolver)


def require_rows(spec: QuerySpec, built: Built) -> None:
    """Refuse calculations that have no rows to stand in.

    Raises:
        InvalidQuery: the query asks for nothing else.
    """
    if spec.calculations and not built.columns and not built.missing:
        raise InvalidQuery(
            "The query asks for calculations alone, which have no rows: add a field to query.fields."
        )


def _wanted(spec: QuerySpec) -> list[str]:
    """Name the calculations that the result shows, or that its rows are chosen or sorted by."""
    named = [*spec.fields, *(sort.column_name for sort in spec.sorts), *(item.field for item in spec.filters)]
    known = {name.lower(): name for name in spec.calculations}
    return list(dict.fromkeys(known[name.lower()] for name in named if name.lower() in known))


@dataclass(slots=True)
class _Work:
    """The calculations of one query while they are translated, each after those it reads."""

    sheet: Sheet
    spec: QuerySpec
    resolver: Resolver
    built: Built | None
    problems: dict[str, str] = field(default_factory=dict)
    stages: Stages = field(default_factory=Stages)
    calculations: dict[str, Calculation] = field(init=False)
    _terms: dict[str, Term] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _translator: Translator = field(init=False)

    def __post_init__(self) -> None:
        self.calculations = {name.lower(): item for name, item in self.spec.calculations.items()}
        context = self.resolver.context
        self._translator = Translator(
            self.sheet,
            context.dialect,
            context.clock,
            self.stages,
            find_calculation=self._find,
            find_total=Totals(self.built, self.sheet, self.stages).find,
            open_reference=References(self.resolver, self.stages).open,
            varies_by_pivot=self._varies_by_pivot,
        )

    def term(self, name: str) -> Term:
        """Give a calculation's column; what is wrong with it is noted, and its cells say so."""
        key = name.lower()
        known = self._terms.get(key)
        if known is None:
            try:
                known = self._translated(self.calculations[key])
            except (BadCalculation, Unsupported) as error:
                self.problems[key] = error.detail
                known = self.stages.keep(Term(exp.Literal.string(ERROR_TEXT), STRING))
            self._terms[key] = known
        return known

    def _translated(self, calculation: Calculation) -> Term:
        if calculation.node is None:
            raise BadCalculation(calculation.problem or "it has no expression.")
        translator, key = self._translator, calculation.name.lower()
        before = translator.name, translator.outside_pivot
        self._open.append(key)
        translator.name, translator.outside_pivot = calculation.name, calculation.outside_pivot
        try:
            found = translator.term(calculation.node)
            if found.kind is DataType.UNKNOWN and calculation.known_type in (
                DataType.NUMBER,
                DataType.STRING,
                DataType.BOOLEAN,
                DataType.TIMESTAMP,
            ):
                found = translator.of_kind(found, calculation.known_type)
        except RecursionError:
            raise BadCalculation("its expression is too deep: split it.") from None
        finally:
            self._open.pop()
            translator.name, translator.outside_pivot = before
        # A column of its own, whatever else has the same tree: it is what readers get.
        return self.stages.keep(found)

    def _find(self, name: str) -> Term | None:
        key = name.lower()
        if key not in self.calculations:
            return None
        if key in self._open:
            circle = [self.calculations[item].name for item in self._open[self._open.index(key) :]]
            raise BadCalculation(f"circular reference: {' -> '.join([*circle, self.calculations[key].name])}")
        if len(self._open) > 50:
            raise BadCalculation("more than 50 calculations read each other in a row: compute some in one.")
        found = self.term(name)
        if key in self.problems:
            raise BadCalculation(f'it reads calculation "{name}", which fails: {self.problems[key]}'[:2_000])
        return found

    def _varies_by_pivot(self, name: str) -> bool:
        calculation = self.calculations.get(name.lower())
        if calculation is not None:
            return not calculation.outside_pivot
        column = self.sheet.find(name)
        pivots = {pivot.lower() for pivot in self.spec.pivots}
        return column is not None and (column.is_measure or name.lower() in pivots)

    # -- the new sheet ----------------------------------------------------------------

    def laid(self, terms: dict[str, Term]) -> Sheet:
        """Give the sheet with the columns of these calculations, in the order of the query's fields."""
        columns = dict(self.sheet.columns)
        fields = dict(self.sheet.fields)
        outputs = list(self.sheet.outputs)
        shown = {name.lower() for name in self.spec.fields}
        problems = {}
        unseen = {column.name for name in self.spec.unselected if (column := self.sheet.find(name))}
        for name, term in terms.items():
            calculation = self.calculations[name.lower()]
            if name.lower() in self.problems:
                problems[name] = self.problems[name.lower()]
            label = self.spec.labels.get(name) or calculation.label or title(name)
            kind = _column_type(term, calculation)
            columns[name.lower()] = SheetColumn(name, copy_of(term.tree), kind, True, label)
            if name.lower() in shown:
                outputs.append(Output(name, copy_of(term.tree)))
                fields[name] = _result_field(calculation, kind, label, failed=name in problems)
        return replace(
            self.sheet,
            source=self.stages.laid_over(self.sheet.source),
            columns=columns,
            outputs=tuple(item for item in outputs if item.name.removesuffix("__raw") not in unseen),
            fields=fields,
            problems={**self.sheet.problems, **problems},
        ).arranged(self.spec.fields)


def _column_type(term: Term, calculation: Calculation) -> ColumnType:
    if term.kind is DataType.UNKNOWN and calculation.known_type is not None:
        return ColumnType(calculation.known_type)
    return term.column_type


def _result_field(calculation: Calculation, kind: ColumnType, label: str, *, failed: bool) -> ResultField:
    return replace(
        lone_field(calculation.name, kind, label, is_dimension=False),
        format=None if failed or calculation.format is None else canonical_format(calculation.format),
        sql=calculation.written,
        display_sql=calculation.written,
        description=calculation.description,
        is_calc=True,
    )


def _filtered(sheet: Sheet, spec: QuerySpec, resolver: Resolver) -> Sheet:
    """Keep the rows of data that pass the filters on calculations; totals are of these already."""
    tests: list[exp.Expr] = []
    names = {name.lower() for name in spec.calculations}
    for item in spec.filters:
        if item.field.lower() not in names:
            continue
        column = sheet.find(item.field)
        if column is None:
            raise NoSuchField(item.field)
        target = Target(
            column.name, column.value, column.type, keep_nulls=False, wall=column.value, shifted=False
        )
        predicate = build_predicate(item.condition, target, resolver.context)
        if predicate is not None:
            tests.append(exp.Paren(this=predicate))
    if not tests:
        return sheet
    condition: exp.Expr = exp.and_(*tests, copy=False)
    if sheet.is_data is not None:
        condition = exp.or_(condition, exp.Not(this=exp.Paren(this=copy_of(sheet.is_data))), copy=False)
    return sheet.filtered(condition)
