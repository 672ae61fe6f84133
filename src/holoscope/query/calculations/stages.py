"""Columns that a sheet gets one after another: what reads a window's value stands in a later SELECT."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import Term
from holoscope.query.sheet.sheet import SHEET, sheet_column
from holoscope.sql.quoting import output
from holoscope.sql.trees import copy_of

OTHER = "other"
"""The name of a stage's rows inside a sub-select, where `SHEET` is the row at hand."""
_DEEPEST = 60
_MOST = 1_500


@dataclass(slots=True)
class Stages:
    """What each stage computes over the one before; stage 0 is the sheet itself.

    Every stage is a common table, so that sub-selects may look at its other rows. `joins` are common
    tables made of referenced queries.
    """

    prefix: str = "__calc"
    _columns: list[dict[exp.Expr, str]] = field(default_factory=list)
    _tables: dict[str, exp.Query] = field(default_factory=dict)
    _count: int = 0
    _read_again: set[int] = field(default_factory=set)

    def keep(self, item: Term) -> Term:
        """Compute a term as a column of the next stage, and give that column."""
        if item.stage >= _DEEPEST or self._count >= _MOST:
            raise BadCalculation("its parts stand on each other too deeply: split the query.")
        while len(self._columns) <= item.stage:
            self._columns.append({})
        known = self._columns[item.stage]
        name = known.get(item.tree)
        if name is None:
            name = f"{self.prefix}_{self._count}"
            self._count += 1
            known[item.tree.copy()] = name
        return Term(sheet_column(name), item.kind, item.stage + 1, date_only=item.date_only)

    def table(self, stage: int) -> str:
        """Name the common table of a stage."""
        return f"{self.prefix}_stage_{stage}"

    def add_table(self, name: str, query: exp.Query) -> None:
        """Add a common table that look-ups read."""
        self._tables.setdefault(name, query)

    def rows(self, stage: int) -> exp.Expr:
        """Give the rows of a stage for the FROM of a sub-select, under the name `OTHER`."""
        self._read_again.add(stage)
        return exp.Table(
            this=exp.to_identifier(self.table(stage)), alias=exp.TableAlias(this=exp.to_identifier(OTHER))
        )

    def laid_over(self, source: exp.Query) -> exp.Query:
        """Give a SELECT with all columns of `source` and those of every stage."""
        if not self._columns and not self._tables:
            return source
        # Rows keep their numbers however often they are read: ties are broken once.
        ctes = [_common(self.table(0), source.copy(), kept=True)]
        ctes += [_common(name, query, kept=True) for name, query in self._tables.items()]
        for stage, columns in enumerate(self._columns):
            select = self._all(stage)
            for tree, name in columns.items():
                select = select.select(output(copy_of(tree), name), copy=False)
            ctes.append(_common(self.table(stage + 1), select, kept=stage + 1 in self._read_again))
        select = self._all(len(self._columns))
        select.set("with_", exp.With(expressions=ctes))
        return select

    def _all(self, stage: int) -> exp.Select:
        select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(SHEET)))
        table = exp.Table(
            this=exp.to_identifier(self.table(stage)), alias=exp.TableAlias(this=exp.to_identifier(SHEET))
        )
        return select.from_(table, copy=False)


def _common(name: str, query: exp.Query, *, kept: bool) -> exp.CTE:
    """Name a query; one that is `kept` is computed once, the others as the warehouse likes."""
    alias = exp.TableAlias(this=exp.to_identifier(name))
    return exp.CTE(this=query, alias=alias, materialized=True if kept else None)
