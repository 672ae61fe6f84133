"""A case of a page asked of one engine: compiled for it, executed on it, compared with the page."""

from __future__ import annotations

from typing import Any, Protocol

import pytest

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.model import Model
from holoscope.query.compiled import CompiledQuery
from holoscope.sql.dialect import Dialect
from support.answers import class_of, place_of, visible
from support.asking import compile_body
from support.cases import Case, compare


class Engine(Protocol):
    """A model and the database it stands on."""

    @property
    def model(self) -> Model: ...

    @property
    def dialect(self) -> Dialect: ...

    def run(self, sql: str) -> tuple[list[str], list[dict[str, Any]]]: ...


def check(case: Case, engine: Engine, truth: list[list[object]] | None) -> CompiledQuery | None:
    """Ask the case of `engine`; gives what was compiled, None when the page says that it is refused.

    `truth` are the rows of the page's own SQL, where it has some.
    """
    if case.error is not None:
        with pytest.raises(HoloscopeError) as caught:
            compile_case(case, engine)
        assert case.error.get("code") in (None, caught.value.code), caught.value
        assert case.error.get("message", "") in caught.value.detail
        return None
    compiled = compile_case(case, engine)
    names, rows = engine.run(compiled.sql)
    assert names == list(compiled.columns)
    assert [one.name for one in compiled.fields] == visible(names)
    assert list(compiled.missing_fields) == case.missing
    cells = [[row[name] for name in visible(names)] for row in rows]
    if truth is not None:
        order = (lambda all_: all_) if case.query.get("sorts") else (lambda all_: sorted(all_, key=repr))
        assert order(_rounded(cells)) == order(_rounded(truth)), compiled.sql
        return compiled
    listed = {one.name for one in compiled.fields if (one.aggregate_type or "").lower() == "list"}
    classes = [class_of(row) for row in rows]
    difference = compare(case, visible(names), cells, classes, listed, [place_of(row) for row in rows])
    assert difference is None, f"{difference}\n\n{compiled.sql}"
    return compiled


def compile_case(case: Case, engine: Engine) -> CompiledQuery:
    return compile_body(
        engine.model,
        case.query,
        attributes=case.attributes,
        now=case.now,
        time_zone=case.time_zone,
        dialect=engine.dialect,
    )


def check_text(case: Case, sql: str) -> None:
    """Compare the SQL for DuckDB with what the page says of it."""
    for text in case.meta.get("lacks", ()):
        assert text not in sql
    for text in case.meta.get("has", ()):
        assert text in sql
    if case.sql is not None:
        assert sql.strip() == case.sql


def _rounded(rows: list[list[object]]) -> list[list[object]]:
    return [[round(float(one), 9) if _is_number(one) else one for one in row] for row in rows]  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__round__")
