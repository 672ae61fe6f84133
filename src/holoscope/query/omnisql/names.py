"""What the names in one SELECT over the model mean: references, plain names, aliases of views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoJoinPath
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.types import ColumnType
from holoscope.query.dimensions import find_dimension
from holoscope.query.joins import JoinTree
from holoscope.query.measures import find_measure
from holoscope.query.omnisql.errors import CannotSubstitute, no_such_field, no_such_view
from holoscope.query.omnisql.reading import written_at
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure
from holoscope.query.types import word_of


@dataclass(frozen=True, slots=True)
class Item:
    """A field that a SELECT names: `name` as it was asked for, `key` the same for every spelling."""

    name: str
    key: str
    found: ResolvedDimension | ResolvedMeasure

    @property
    def is_measure(self) -> bool:
        return isinstance(self.found, ResolvedMeasure)

    @property
    def type(self) -> ColumnType:
        return self.found.type if isinstance(self.found, ResolvedMeasure) else self.found.value.type


@dataclass(slots=True)
class Names:
    """Settles names to items; in trees the n-th item is the column `__ref_<n>`.

    `views` are those of FROM by lower-cased alias, the first being the one that fields without a view
    belong to. `references` is what the statement's own marks stand for.
    """

    resolver: Resolver
    tree: JoinTree
    views: Mapping[str, str]
    references: list[str]
    items: list[Item] = field(default_factory=list)

    @property
    def base(self) -> str:
        return next(iter(self.views.values()))

    def words(self) -> tuple[str, ...]:
        """Give the SQL type words of all items, for inference."""
        return tuple(word_of(item.type) for item in self.items)

    def settle(self, tree: exp.Expr, aliases: Mapping[str, exp.Expr], *, fields_first: bool) -> exp.Expr:
        """Put items in the place of all names. `aliases` are settled expressions that have a name.

        A plain name is a field of a view in FROM, or an alias, whichever comes first.

        Raises:
            CannotSubstitute: a name means nothing here. NoJoinPath: its view cannot be joined.
        """

        def change(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column):
                return node
            written = written_at(node, self.references)
            if written is not None:
                return self._column(self.reference(written))
            alias = None if node.args.get("table") else aliases.get(node.name.lower())
            number = None if alias is not None and not fields_first else self._plain(node)
            if number is not None:
                return self._column(number)
            if alias is not None:
                return exp.Paren(this=alias.copy())
            raise no_such_field(".".join(part.name for part in node.parts))

        return tree.copy().transform(change, copy=False)

    @staticmethod
    def _column(number: int) -> exp.Column:
        return exp.column(f"__ref_{number}")

    def reference(self, written: str) -> int:
        """Settle `view.field[grain]`, or a field of the first view."""
        base, _ = split_grain(written)
        name = written if "." in base else f"{self.base}.{written}"
        number = self._find(name)
        if number is not None:
            return number
        if "." not in base and self.resolver.lookup.find_view(base) is not None:
            raise CannotSubstitute(f'"{base}" is a view: it stands after FROM or JOIN, or with a field')
        raise no_such_field(name)

    def _plain(self, node: exp.Column) -> int | None:
        """Settle a name without `${}`: `field`, or `alias.field` where the alias is a view of FROM."""
        owners = list(self.views.values())
        if node.args.get("table"):
            owner = self.views.get(node.table.lower())
            if owner is None or node.args.get("db"):
                return None
            owners = [owner]
        numbers = {
            number
            for owner in owners
            for name in dict.fromkeys((node.name, node.name.lower()))
            if (number := self._find(f"{owner}.{name}")) is not None
        }
        if len(numbers) > 1:
            raise InvalidQuery(f'"{node.name}" is a field of several views: write ${{view.{node.name}}}.')
        return next(iter(numbers), None)

    def _find(self, name: str) -> int | None:
        base, word = split_grain(name)
        known = self.resolver.lookup.find(base)
        if known is None:
            return None
        key = known.qualified_name if word is None else f"{known.qualified_name}[{word.lower()}]"
        for number, item in enumerate(self.items):
            if item.key == key:
                return number
        if known.view not in self.tree:
            raise NoJoinPath(self.tree.base, known.view)
        found = find_dimension(self.resolver, name) or (
            find_measure(self.resolver, name) if word is None else None
        )
        if found is None:
            return None
        self.items.append(Item(name, key, found))
        return len(self.items) - 1


def view_named(name: str, resolver: Resolver) -> str:
    """Give the view that `${name}` in FROM means to this asker.

    Raises:
        CannotSubstitute: there is none.
    """
    found = resolver.lookup.find_view(name)
    if found is None:
        raise no_such_view(name)
    return found.name
