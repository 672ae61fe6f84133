"""Random queries over random small models, every cell compared with the plain-Python evaluator.

`RANDOM_MODEL_EXAMPLES` sets how many queries are tried (500 unless set; nights take 5,000 or more) and
`RANDOM_MODEL_SEED` where they begin; `random` draws one; the head of the run prints it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from holoscope.kit.errors import FanOutNeedsKey, HoloscopeError
from holoscope.modeling.joins import JoinType
from support.answers import difference
from support.asking import compile_body
from support.ground import Ground
from support.inquiries import queries
from support.naive import Answer, Refusal, evaluate
from support.partitions import partitions
from support.random_worlds import TOPIC, World, worlds
from support.seeds import seed_of
from support.vocabulary import places

TOTAL = int(os.environ.get("RANDOM_MODEL_EXAMPLES", "500"))
A_WORLD = 4  # queries; making a model costs more than asking it
ASK: dict[str, Any] = {"attributes": {}, "now": datetime(2026, 3, 10, 15, 0, tzinfo=UTC)}
ZONES = st.sampled_from(["UTC", "UTC", "America/New_York"])
PHASES = [Phase.explicit, Phase.generate] if "RANDOM_MODEL_QUICK" in os.environ else list(Phase)
CALM = settings(
    max_examples=max(1, TOTAL // A_WORLD),
    deadline=None,
    database=None,
    print_blob=True,
    phases=PHASES,
    suppress_health_check=list(HealthCheck),
)


@seed(seed_of("RANDOM_MODEL_SEED"))
@CALM
@given(worlds(), st.data())
def test_every_cell_is_what_plain_python_says(world: World, data: st.DataObject) -> None:
    note(f"{world.tables}\n\n" + "\n".join(f"--- {name}\n{text}" for name, text in world.files.items()))
    ground = world.open()
    known = places(ground)
    asked = [
        known[TOPIC],
        known[TOPIC],
        known[f"view {data.draw(st.sampled_from(sorted(ground.model.views)))}"],
    ]
    for place in [*asked, known[TOPIC]][:A_WORLD]:
        if not place.dims:
            continue
        body, zone = data.draw(queries(place)), data.draw(ZONES)
        _check(ground, body, {**ASK, "time_zone": zone})
        if not body.get("column_totals"):
            _check_partitions(ground, body, {**ASK, "time_zone": zone})


def _check(ground: Ground, body: dict[str, Any], ask: dict[str, Any]) -> None:
    expected = _expected(ground, body, ask)
    if isinstance(expected, Refusal):
        with pytest.raises(HoloscopeError) as caught:
            compile_body(ground.model, body, **ask)
        assert not expected.code.startswith(("plan_", "no_")) or caught.value.code == expected.code
        return
    try:
        compiled = compile_body(ground.model, body, **ask)
    except FanOutNeedsKey:
        # Whether a row that a FULL join keeps is there cannot be told without a key: that is refused.
        joins = {one.join_type for one in ground.model.relationships}
        assert JoinType.FULL_OUTER in joins
        return
    note(compiled.sql)
    assert list(compiled.missing_fields) == expected.missing
    if expected.columns:
        names, rows = ground.run(compiled.sql)
        assert names == list(compiled.columns)
        assert difference(expected, names, rows) is None


def _check_partitions(ground: Ground, body: dict[str, Any], ask: dict[str, Any]) -> None:
    """Rows that meet a filter, rows that do not and rows of which it cannot be told are all rows."""
    for whole, parts in partitions(body, ground.model):
        try:
            texts = [compile_body(ground.model, one, **ask).sql for one in (whole, *parts)]
        except HoloscopeError:
            return
        counts = [
            ground.connection.execute(f"SELECT COUNT(*) FROM ({text})").fetchall()[0][0] for text in texts
        ]
        assert counts[0] == sum(counts[1:]), "\n\n".join(texts)


def _expected(ground: Ground, body: dict[str, Any], ask: dict[str, Any]) -> Answer | Refusal:
    try:
        return evaluate(ground.model, body, ground.tables, **ask)
    except Refusal as refusal:
        return refusal
