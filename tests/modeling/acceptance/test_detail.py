"""Acceptance cases of the modelling language about inner aggregation and distinct keys (digest §21)."""

from __future__ import annotations

import pytest

from holoscope.modeling.types import Aggregate
from support.modeltext import measure


@pytest.mark.parametrize("word", ["sum_distinct_on", "sum_distinct", "SUM_DISTINCT_ON"])
def test_case_13_both_spellings_of_a_distinct_aggregate_are_read(word):
    found, lines = measure(f"{{ aggregate_type: {word}, sql: '${{y}}', custom_primary_key_sql: '${{y}}' }}")
    assert lines == []
    assert found.aggregate is Aggregate.SUM_DISTINCT_ON
    assert (found.aggregate.value, found.aggregate.wire_name) == ("sum_distinct_on", "SUM_DISTINCT")
    assert found.custom_primary_key_sql == "${y}"
