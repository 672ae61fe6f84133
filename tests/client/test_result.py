"""Tables: as sent, tidied, and handed to data frame libraries."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import pyarrow as pa
import pytest

from holoscope.client.lines import Line, Summary
from holoscope.client.result import Result, build_result
from holoscope.client.tidy import tidy

WIRE = pa.table(
    {
        "o.created_at[month]__raw": pa.array([datetime(2026, 1, 1), datetime(2026, 2, 1), None]),
        "o.total": pa.array([10, 20, 30], pa.int64()),
        "o.created_at[month]": pa.array(["2026-01", "2026-02", None]),
        "o.status__omni_sort_1": pa.array([1, 2, None], pa.int32()),
        "total__omni_summ": pa.array([None, None, 30], pa.int64()),
        "$omni_group_grouping": pa.array([0, 0, 1], pa.int32()),
        "$omni_column_total_indicator": pa.array(["", None, "column_total"]),
        "$omni_total_sort": pa.array([0, 0, 1], pa.int32()),
    }
)


def test_tidy_keeps_one_typed_column_per_field_and_no_total_rows() -> None:
    assert tidy(WIRE).to_pydict() == {
        "o.created_at[month]": [datetime(2026, 1, 1), datetime(2026, 2, 1)],
        "o.total": [10, 20],
    }


def test_totals_stay_on_request() -> None:
    assert tidy(WIRE, keep_totals=True).column("o.total").to_pylist() == [10, 20, 30]


def test_a_lone_raw_column_keeps_its_name() -> None:
    table = pa.table({"o.payload__raw": ["x"]})
    assert tidy(table).column_names == ["o.payload__raw"]


def test_no_rows_is_a_table_with_columns() -> None:
    empty = tidy(WIRE.slice(0, 0))
    assert empty.num_rows == 0
    assert empty.column_names == ["o.created_at[month]", "o.total"]


def test_pandas() -> None:
    frame = Result("job", Summary(), {}, WIRE).to_pandas()
    assert list(frame.columns) == ["o.created_at[month]", "o.total"]
    assert frame["o.total"].sum() == 30


def test_without_data_frame_libraries_everything_else_works_and_the_error_says_what_to_install() -> None:
    program = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"pandas", "polars"}:
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
import pyarrow as pa
from holoscope.client import MissingLibrary, Result
from holoscope.client.lines import Summary
result = Result("job", Summary(), {}, pa.table({"a.b": [1]}))
assert result.tidy().num_rows == 1
for convert, name in ((result.to_pandas, "pandas"), (result.to_polars, "polars")):
    try:
        convert()
    except MissingLibrary as error:
        assert f"holoscope[{name}]" in error.detail
    else:
        raise SystemExit("no error")
assert not {"fastapi", "duckdb", "sqlalchemy", "sqlglot", "pydantic"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("codec", [None, "zstd", "lz4"])
def test_compressed_arrow_is_read(codec: str | None) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, WIRE.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(WIRE)
    line = Line(job_id="j", status="COMPLETE", result=sink.getvalue().to_pybytes())
    assert build_result(line, plan_only=False).table.equals(WIRE)


def test_repr_is_one_line_without_data() -> None:
    assert repr(Result("job", Summary(), {}, WIRE)) == "<Result job: 3 rows, 0 fields, cache None>"
