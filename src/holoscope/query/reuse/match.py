"""What of a question stands ready in a result: groups, calls, and what can be told from the groups."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from holoscope.query.aggregates import Call
from holoscope.query.plan.grouping import tables_of
from holoscope.query.plan.node import call_column, key_column
from holoscope.query.reuse.kinds import Kind
from holoscope.query.reuse.nesting import TELLS, UNITS
from holoscope.query.reuse.safe import is_safe
from holoscope.query.reuse.signature import Key, Signature, bare
from holoscope.query.rollups.reader import NoProofError, Reader
from holoscope.query.rollups.stored import Bound, StoredDimension
from holoscope.sql.dialect import Dialect
from holoscope.sql.quoting import column
from holoscope.sql.trees import cast, copy_of, replaced

KEPT = "kept"
"""The table in which the rows of the wider result are."""


class Match:
    """Two questions side by side. Positions are those of keys and calls in their signatures."""

    def __init__(self, wide: Signature, narrow: Signature, engine: Dialect) -> None:
        """Look up what of `narrow` is in `wide`; `engine` is the dialect of what will derive."""
        self.wide, self.narrow = wide, narrow
        self.engine = engine
        self.same_engine = narrow.dialect == engine.name
        self._named = {item.value: item.name for item in wide.outputs}
        by_tree = {key.tree: number for number, key in enumerate(wide.keys)}
        self.keys = {
            number: by_tree[key.tree] for number, key in enumerate(narrow.keys) if key.tree in by_tree
        }
        by_call = {_identity(call): number for number, call in enumerate(wide.calls)}
        self.calls = {
            number: by_call[_identity(call)]
            for number, call in enumerate(narrow.calls)
            if _identity(call) in by_call
        }
        self._reader = Reader(self._dimensions(), lambda name: name == KEPT)
        self.kinds: dict[str, Kind] = {}

    @property
    def has_same_groups(self) -> bool:
        """Every group of the result is a group of the question."""
        return {self.wide.keys[number].tree for number in self.keys.values()} == {
            key.tree for key in self.wide.keys
        }

    # -- what is stored -------------------------------------------------------------------

    def key_name(self, number: int) -> str:
        """Give the column that holds a key of the wider question."""
        return self._name(exp.column(key_column(number)), "a group is no column of the result")

    def call_name(self, number: int) -> str:
        """Give the column that holds a call of the wider question."""
        return self._name(exp.column(call_column(number)), "a measure is no column of the result")

    def stored(self, value: exp.Expr) -> str | None:
        """Give the column of the wider result that has a value of the narrower question as it is."""
        try:
            return self._named.get(self.translated(value))
        except NoProofError:
            return None

    def translated(self, tree: exp.Expr) -> exp.Expr:
        """Write an expression over keys and calls of the narrower question over those of the wider."""

        def change(node: exp.Expr) -> exp.Expr:
            if node.args.get("table"):
                return node
            kind, numbers = (
                (key_column, self.keys) if node.name.startswith("k") else (call_column, self.calls)
            )
            found = numbers.get(int(node.name[1:]))
            if found is None:
                raise NoProofError(f"{node.name} is not in the result")
            return exp.column(kind(found))

        return replaced(tree, change)

    def _name(self, value: exp.Expr, reason: str) -> str:
        name = self._named.get(value)
        if name is None:
            raise NoProofError(reason)
        return name

    # -- what can be read from stored groups ----------------------------------------------

    def key(self, number: int) -> exp.Expr:
        """Give a key of the narrower question over the kept rows.

        Raises:
            NoProofError: it is none of the result's groups and cannot be told from them.
        """
        asked = self.narrow.keys[number]
        if number in self.keys:
            return column(self.key_name(self.keys[number]), KEPT)
        return self.period(asked) or self.read(asked.tree)

    def period(self, asked: Key) -> exp.Expr | None:
        """Tell a coarser period, or a part of one, from a stored period of the same time."""
        time = asked.time
        for number, key in enumerate(self.wide.keys):
            held = key.time
            if time is None or held is None or not held.begins or held.wall != time.wall:
                continue
            if time.grain not in TELLS.get(held.grain, ()):
                continue
            name = self.key_name(number)
            read = column(name, KEPT)
            if self.same_engine:
                tree = _put(asked.tree, time.wall, read)
            elif time.begins:
                tree = self.engine.truncate(read, time.grain, week_start=time.week_start)
            else:
                continue
            if not self.same_engine or (
                tables_of(tree) == {KEPT} and is_safe(tree, same_engine=self.same_engine)
            ):
                self.kinds[name] = key.kind
                return tree
        return None

    def read(self, tree: exp.Expr) -> exp.Expr:
        """Rebuild an expression over rows from stored groups.

        Raises:
            NoProofError: it cannot be told from them, or might mean something else there.
        """
        found = self._reader.read(tree)
        if not is_safe(found, same_engine=self.same_engine):
            raise NoProofError("an expression may mean something else away from its warehouse")
        kinds = {self.key_name(number): key.kind for number, key in enumerate(self.wide.keys)}
        for part in found.find_all(exp.Column):
            self.kinds[part.name] = kinds[part.name]
        return found

    def _dimensions(self) -> Iterable[StoredDimension]:
        for number, key in enumerate(self.wide.keys):
            name = self._named.get(exp.column(key_column(number)))
            if name is None or key.kind is Kind.UNCERTAIN:
                continue
            read = column(name, KEPT)
            patterns: list[tuple[exp.Expr, exp.Expr]] = [(key.tree, read)]
            bounds: tuple[tuple[exp.Expr, Bound], ...] = ()
            time = key.time
            if time is not None and time.begins and time.zone is not None and time.grain in UNITS:
                if time.grain == "date" and time.date_only:
                    patterns.append((time.raw, cast(read.copy(), "date")))
                bounds = ((time.raw, Bound(read, UNITS[time.grain], time.week_start, time.zone)),)
            yield StoredDimension(tables_of(key.tree), tuple(patterns), bounds)


def _identity(call: Call) -> object:
    return call.key(), call.owner, call.condition_views


def _put(tree: exp.Expr, old: exp.Expr, new: exp.Expr) -> exp.Expr:
    """Copy a tree with one expression in place of another, wherever it stands."""
    return tree.copy().transform(lambda node: copy_of(new) if bare(node) == old else node, copy=False)
