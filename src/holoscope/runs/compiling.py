"""Compiling once for equal askers: the text is kept while nothing it depends on can have changed."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, Protocol

from holoscope.modeling.model import Model
from holoscope.query.compiled import CompiledQuery
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.runs.lines import Prepared, prepare
from holoscope.runs.request import RunRequest
from holoscope.sql.dialect import Dialect


class Compile(Protocol):
    """From the wire's query object to SQL text; the port tests replace."""

    def __call__(
        self, request: RunRequest, model: Model, scope: Scope, dialect: Dialect, now: datetime
    ) -> CompiledQuery: ...


def compile_request(
    request: RunRequest, model: Model, scope: Scope, dialect: Dialect, now: datetime
) -> CompiledQuery:
    """Parse and compile; raises what `parse_query` and `compile_query` raise."""
    return compile_query(
        parse_query(request.query), model, scope, dialect, now=now, time_zone=request.time_zone
    )


_LONGEST_IN_LINE = 4096  # bytes of a query
_LONGEST_KEPT = 32_768  # bytes of query and SQL; longer ones are compiled each time


class Preparer:
    """Compiles requests; at most `keep` compiled queries that do not depend on the time are kept.

    A kept one is found by everything `compile` is given but the time: the model by identity (models
    are immutable and a changed one is a new object; the entry holds it, so the identity cannot be
    reused), the query's JSON, the asker's attributes and permissions, dialect and zone.
    """

    def __init__(self, compile: Compile, default_age: timedelta, keep: int = 2048) -> None:
        self._compile = compile
        self._default_age = default_age
        self._keep = keep
        self._kept: OrderedDict[tuple[Any, ...], tuple[Model, Prepared]] = OrderedDict()

    @staticmethod
    def is_long(request: RunRequest) -> bool:
        """Tell whether a query is long enough to be worth a thread."""
        return len(request.text) > _LONGEST_IN_LINE

    def prepare(
        self, request: RunRequest, model: Model, scope: Scope, dialect: Dialect, now: datetime
    ) -> Prepared:
        """Compile, or recall; raises what `compile` raises."""
        key = _key(request, model, scope, dialect)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept[1]
        compiled = self._compile(request, model, scope, dialect, now)
        prepared = prepare(
            compiled,
            request.query,
            model_id=request.model_id,
            may_view_sql=scope.may(Permission.VIEW_SQL),
            default_age=self._default_age,
        )
        if not compiled.depends_on_now and len(request.text) + len(compiled.sql) <= _LONGEST_KEPT:
            self._kept[key] = (model, prepared)
            if len(self._kept) > self._keep:
                self._kept.popitem(last=False)
        return prepared


def _key(request: RunRequest, model: Model, scope: Scope, dialect: Dialect) -> tuple[Any, ...]:
    return (
        id(model),
        dialect.name,
        request.model_id,
        request.time_zone,
        request.text,
        scope.permissions,
        frozenset(scope.attributes.items()),
        scope.numbers,
    )
