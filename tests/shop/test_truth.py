"""The hand-written answers run, say something, and have the columns their questions ask for."""

import pyarrow as pa
import pytest

from support.shop import open_shop
from support.truth import INDICATOR, TRUTHS, assert_same_rows


def rows_of(sql: str) -> pa.Table:
    with open_shop() as connection:
        return connection.sql(sql).to_arrow_table()


@pytest.mark.parametrize("name", TRUTHS)
def test_truth_has_rows_and_the_columns_asked_for(name):
    truth = TRUTHS[name]
    rows = rows_of(truth.sql)
    assert rows.num_rows > 0
    columns = [column for column in rows.column_names if not column.endswith("__raw")]
    asked = truth.query["fields"] + ([INDICATOR] if "column_totals" in truth.query else [])
    assert sorted(columns) == sorted(asked)


def test_comparison_finds_a_wrong_cell_a_missing_row_and_a_wrong_order():
    truth = pa.table({"a": ["x", None], "n": [1, 2]})
    assert_same_rows(pa.table({"n": [1.0, 2.0], "a": ["x", None], "$omni_total_sort": [0, 0]}), truth)
    assert_same_rows(pa.table({"a": [None, "x"], "n": [2, 1]}), truth, ordered=False)
    for wrong in (
        {"a": ["x", ""], "n": [1, 2]},
        {"a": ["x", None], "n": [1, 3]},
        {"a": ["x"], "n": [1]},
        {"a": [None, "x"], "n": [2, 1]},
    ):
        with pytest.raises(AssertionError):
            assert_same_rows(pa.table(wrong), truth)
