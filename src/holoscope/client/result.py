"""The answer to one query: a table, and what the server says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from holoscope.client.errors import BadResponse, ClientError, MissingLibrary, QueryFailed
from holoscope.client.lines import FINAL_STATUSES, Line, Summary
from holoscope.client.tidy import tidy
from holoscope.client.values import Field

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


@dataclass(frozen=True, slots=True)
class Result:
    """One finished (or, with `plan_only`, one planned) query.

    `cache_metadata` describes the cached entry (`num_rows`, `created_at`, `data_fresh_at` …).
    """

    job_id: str
    summary: Summary = field(repr=False)
    cache_metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    arrow: pa.Table | None = field(default=None, repr=False)

    @property
    def table(self) -> pa.Table:
        """The rows, exactly as the server sent them, helper columns included.

        Raises:
            ClientError: the query was planned and not run.
        """
        if self.arrow is None:
            raise ClientError("This query was planned, not run: it has SQL and fields but no rows.")
        return self.arrow

    @property
    def is_planned_only(self) -> bool:
        return self.arrow is None

    @property
    def fields(self) -> Mapping[str, Field]:
        """Description of each requested field, in select order, keyed as it was requested."""
        return self.summary.fields

    @property
    def sql(self) -> str:
        """The SQL of the warehouse; empty when this key may not see SQL."""
        return self.summary.display_sql or ""

    @property
    def cache_type(self) -> str | None:
        """`EXACT` when the rows came from the cache, `MISS` when the warehouse was asked."""
        return self.summary.cache_type

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """Requested names that the server did not know and left out. Not empty: fewer columns."""
        return tuple(self.summary.missing_fields or ())

    def tidy(self, *, keep_totals: bool = False) -> pa.Table:
        """Return one column per requested field, without helper columns and total rows."""
        return tidy(self.table, keep_totals=keep_totals)

    def to_pandas(self) -> pd.DataFrame:
        """Return `tidy()` as a pandas data frame.

        Raises:
            MissingLibrary: pandas is not installed.
        """
        try:
            import pandas  # noqa: F401, ICN001  (pyarrow needs it; only its presence matters here)
        except ImportError:
            raise MissingLibrary(_missing("pandas")) from None
        return self.tidy().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return `tidy()` as a polars data frame.

        Raises:
            MissingLibrary: polars is not installed.
        """
        try:
            import polars as pl
        except ImportError:
            raise MissingLibrary(_missing("polars")) from None
        return pl.from_arrow(self.tidy())

    def __repr__(self) -> str:
        rows = "planned only" if self.arrow is None else f"{self.arrow.num_rows} rows"
        return f"<Result {self.job_id}: {rows}, {len(self.fields)} fields, cache {self.cache_type}>"


def _missing(package: str) -> str:
    return f"{package} is not installed. Install it with: pip install 'holoscope[{package}]'"


def build_result(line: Line, *, plan_only: bool) -> Result:
    """Turn a job's last line into a result.

    Raises:
        QueryFailed: the job failed.
        BadResponse: the job says COMPLETE but its rows are absent or unreadable.
    """
    job_id, summary = line.job_id or "", line.summary or Summary()
    sql = summary.display_sql or ""
    if line.status in FINAL_STATUSES - {"COMPLETE"}:
        text = line.error_message if line.error_message not in {None, "", "null"} else None
        raise QueryFailed(
            text or f"The query ended with status {line.status} and no message.",
            error_type=line.error_type or "UNKNOWN",
            job_id=job_id,
        )
    if sql.startswith("Failed to plan query"):
        raise QueryFailed(sql, error_type="PLAN", job_id=job_id)
    if line.result is None:
        if plan_only:
            return Result(job_id, summary, line.cache_metadata or {})
        raise BadResponse(f"Job {job_id} ended with status {line.status} and without rows.")
    return Result(job_id, summary, line.cache_metadata or {}, _read_arrow(line.result))


def _read_arrow(data: bytes) -> pa.Table:
    try:
        with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
            return reader.read_all()
    except (pa.ArrowInvalid, OSError, EOFError) as error:
        raise BadResponse(f"The rows are not a readable Arrow stream: {error}") from error
