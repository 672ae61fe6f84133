"""What a run asks of a warehouse: the one name of it that caches and flights go by."""

from __future__ import annotations

from dataclasses import dataclass, field

from holoscope.runs.cache import CacheKey, cache_key
from holoscope.warehouses.base import Warehouse


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL for a warehouse. `most_rows` of its rows are wanted at most: None is all, 0 its columns alone."""

    warehouse: Warehouse
    sql: str
    most_rows: int | None = None
    key: CacheKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        warehouse = self.warehouse
        key = cache_key(warehouse.state, warehouse.dialect.name, self.sql, self.most_rows)
        object.__setattr__(self, "key", key)
