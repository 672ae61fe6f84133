"""Every case of every page in `language/`: parts of the modelling language, laid over the bike-share model.

Answers are rows worked out by hand, or SQL by hand over the same tables.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import pytest
import yaml

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.merge import MODEL, TOPIC, VIEW, merge
from holoscope.modeling.reader.tree import plain, read_tree
from support.answers import INDICATOR, row_class, visible
from support.asking import compile_body
from support.cases import Case, compare, read_pages
from support.ground import Ground, open_model, read_folder

HERE = Path(__file__).parent
CASES = list(read_pages(HERE / "language"))
SHAPES = {"view": VIEW, "topic": TOPIC, "model": MODEL}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}: {case.title}")
def test_the_compiler_answers_as_the_page_says(case: Case) -> None:
    world = _world(tuple(sorted(case.model.items())), case.tables)
    ask = {"attributes": case.attributes, "now": case.now, "time_zone": case.time_zone}
    if case.error is not None:
        with pytest.raises(HoloscopeError) as caught:
            compile_body(world.model, case.query, **ask)
        assert case.error.get("code") in (None, caught.value.code), caught.value
        assert case.error.get("message", "") in caught.value.detail
        return
    compiled = compile_body(world.model, case.query, **ask)
    names, rows = world.run(compiled.sql)
    assert names == list(compiled.columns)
    assert [one.name for one in compiled.fields] == visible(names)
    assert list(compiled.missing_fields) == case.missing
    cells = [[row[name] for name in visible(names)] for row in rows]
    if case.truth is not None:
        wanted = [list(row) for row in world.connection.execute(case.truth).fetchall()]
        order = (lambda all_: all_) if case.query.get("sorts") else (lambda all_: sorted(all_, key=repr))
        assert order(_rounded(cells)) == order(_rounded(wanted)), compiled.sql
    else:
        listed = {one.name for one in compiled.fields if (one.aggregate_type or "").lower() == "list"}
        classes = [row_class(row.get(INDICATOR)) for row in rows]
        difference = compare(case, visible(names), cells, classes, listed)
        assert difference is None, f"{difference}\n\n{compiled.sql}"
    for text in case.meta.get("lacks", ()):
        assert text not in compiled.sql
    for text in case.meta.get("has", ()):
        assert text in compiled.sql
    if case.sql is not None:
        assert compiled.sql.strip() == case.sql


@cache
def _world(overlay: tuple[tuple[str, str], ...], tables: str) -> Ground:
    connection = duckdb.connect()
    connection.execute((HERE / "world" / "tables.sql").read_text("utf-8"))
    if tables:
        connection.execute(tables)
    files = read_folder(HERE / "world" / "model")
    for file, text in overlay:
        files[file] = _laid_over(file, files.get(file), text)
    return open_model(connection, files)


def _laid_over(file: str, below: str | None, above: str) -> str:
    shape = SHAPES.get(file.rpartition(".")[2])
    if below is None or shape is None:
        return (below or "") + above
    lower, upper = read_tree(file, below)[0], read_tree(file, above)[0]
    assert lower is not None
    if upper is None:  # nothing but comments
        return f"{below}\n{above}"
    first = below.partition("\n")[0]
    name = f"{first}\n" if first.startswith("#") else ""
    return name + yaml.safe_dump(plain(merge(lower, upper, shape)), sort_keys=False, allow_unicode=True)


def _rounded(rows: list[list[object]]) -> list[list[object]]:
    return [[round(float(one), 9) if _is_number(one) else one for one in row] for row in rows]


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__round__")
