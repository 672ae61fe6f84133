"""Rows of kept results, decoded and held ready for the engine, within a bound of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict

from holoscope.runs.arrow import decode
from holoscope.runs.cache import Entry
from holoscope.runs.reuse.engine import Engine
from holoscope.runs.reuse.loaded import Loaded


class Kept:
    """The results that were derived from last. Safe in several threads."""

    def __init__(self, engine: Engine, limit_bytes: int) -> None:
        self._engine = engine
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()
        self.size_bytes = 0

    def take(self, entry: Entry) -> Loaded:
        """Give the rows of a result, ready to be read."""
        with self._lock:
            found = self._loaded.get(entry.plan_key)
            if found is not None:
                self._loaded.move_to_end(entry.plan_key)
                return found
        loaded = self._engine.load(decode(entry.data))
        with self._lock:
            return self._keep(entry.plan_key, loaded)

    def _keep(self, name: str, loaded: Loaded) -> Loaded:
        known = self._loaded.get(name)
        if known is not None or loaded.size_bytes > self._limit_bytes:
            return known or loaded
        self._loaded[name] = loaded
        self.size_bytes += loaded.size_bytes
        while self.size_bytes > self._limit_bytes:
            _, dropped = self._loaded.popitem(last=False)
            self.size_bytes -= dropped.size_bytes
        return loaded

    def __len__(self) -> int:
        return len(self._loaded)
