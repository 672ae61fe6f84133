"""From stored files to the typed model that queries are compiled against, remembered while it holds."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection

from holoscope.access.verdicts import Verdicts
from holoscope.modeling.check import check_model
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modelstore import model_rows
from holoscope.modelstore.chain import load_chain
from holoscope.modelstore.errors import NoSuchModel
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.ports import Catalogs
from holoscope.modelstore.stack import Stack, load_stack
from holoscope.storage.unit_of_work import Database

_KEPT = 64
_log = logging.getLogger(__name__)

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """A model ready for queries, with everything found wrong in its files.

    `fingerprint` names the content of all layers and the catalog; equal fingerprints, equal models.
    """

    model: Model
    diagnostics: tuple[Diagnostic, ...]
    fingerprint: _Key


class ModelCompiler:
    """Compiles stored models. Safe between threads; a model is compiled by one thread at a time."""

    def __init__(self, database: Database, catalogs: Catalogs) -> None:
        self._database = database
        self._catalogs = catalogs
        self._states: Verdicts[str, tuple[StoredModel, _Key]] = Verdicts(database)
        self._kept: OrderedDict[str, CompiledModel] = OrderedDict()
        self._locks: dict[str, Lock] = {}
        self._guard = Lock()

    def load(self, model_id: str) -> Model:
        """Return the model of all its layers. Who may see it is asked elsewhere.

        A write of this process shows at once, one of another within `verdicts.MAX_AGE`.

        Raises:
            NoSuchModel: unknown or deleted.
            WarehouseError: the catalog cannot be read.
        """
        return self.compile(model_id).model

    def compile(self, model_id: str) -> CompiledModel:
        """Return the model and its diagnostics; compiled only when content or catalog changed.

        Raises:
            NoSuchModel: unknown or deleted.
            WarehouseError: the catalog cannot be read.
        """
        version = self._catalogs.catalog_version
        stored, content = self._states.load(model_id, lambda: self._read_state(model_id))
        known = self._find(model_id, (*content, version(stored.connection_id)))
        if known is not None:
            return known
        with self._lock_of(model_id):
            with self._database.reading() as connection:
                stored, content = _state(connection, model_id)
                key = (*content, version(stored.connection_id))
                known = self._find(model_id, key)
                if known is not None:
                    return known
                stack = load_stack(connection, stored)
            compiled = self._compile(stack, key)
            with self._guard:
                self._kept[model_id] = compiled
                self._kept.move_to_end(model_id)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return compiled

    def check(self, stack: Stack, attributes: Iterable[str]) -> tuple[Diagnostic, ...]:
        """Return all findings about a stored model; `attributes` are the user attributes there are.

        Raises:
            WarehouseError: the catalog cannot be read.
        """
        catalog = self._catalogs.load_catalog(stack.model.connection_id)
        return check_model(stack.layers(), catalog, attributes)

    def _compile(self, stack: Stack, key: _Key) -> CompiledModel:
        stored = stack.model
        model, diagnostics = load_model(stack.layers(), self._catalogs.load_catalog(stored.connection_id))
        for diagnostic in diagnostics:
            _log.warning("model %s: %s", stored.id, diagnostic)
        return CompiledModel(model, diagnostics, key)

    def _read_state(self, model_id: str) -> tuple[StoredModel, _Key]:
        with self._database.reading() as connection:
            return _state(connection, model_id)

    def _find(self, model_id: str, key: _Key) -> CompiledModel | None:
        with self._guard:
            known = self._kept.get(model_id)
            if known is None or known.fingerprint != key:
                return None
            self._kept.move_to_end(model_id)
            return known

    def _lock_of(self, model_id: str) -> Lock:
        with self._guard:
            return self._locks.setdefault(model_id, Lock())


def _state(connection: Connection, model_id: str) -> tuple[StoredModel, _Key]:
    """Return the model and the hashes of the files of all its layers."""
    stored = model_rows.find_row(connection, model_id)
    if stored is None:
        raise NoSuchModel(model_id)
    chain = load_chain(connection, stored)
    return stored, tuple(layer.content_sha256 for layer in chain)
