"""From stored files to the typed model that queries are compiled against, remembered while it holds."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection, select

from holoscope.access.verdicts import Verdicts
from holoscope.modeling.check import check_model
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modeling.types import Catalog
from holoscope.modelstore import model_rows
from holoscope.modelstore.chain import load_chain
from holoscope.modelstore.errors import NoSuchModel
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.ports import Catalogs
from holoscope.modelstore.stack import Stack, load_stack
from holoscope.storage.tables import connections
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


@dataclass(frozen=True, slots=True)
class _State:
    """A stored model; `content` names the files of its layers and its connection's default schema."""

    stored: StoredModel
    content: _Key
    default_schema: str


class ModelCompiler:
    """Compiles stored models. Safe between threads; a model is compiled by one thread at a time."""

    def __init__(self, database: Database, catalogs: Catalogs) -> None:
        self._database = database
        self._catalogs = catalogs
        self._states: Verdicts[str, _State] = Verdicts(database)
        self._kept: OrderedDict[_Key, CompiledModel] = OrderedDict()
        self._locks: dict[_Key, Lock] = {}
        self._guard = Lock()

    def load(self, model_id: str, connection_id: str | None = None) -> Model:
        """Return the model of all its layers. Who may see it is asked elsewhere.

        `connection_id` names the connection that its queries run on, if that is another one: the files
        are the same, tables and types are those found there.

        A write of this process shows at once, one of another within `verdicts.MAX_AGE`.

        Raises:
            NoSuchModel: unknown or deleted.
            WarehouseError: the catalog cannot be read.
        """
        return self.compile(model_id, connection_id).model

    def compile(self, model_id: str, connection_id: str | None = None) -> CompiledModel:
        """Return the model and its diagnostics; compiled only when content or catalog changed.

        `connection_id` is as `load` says.

        Raises:
            NoSuchModel: unknown or deleted.
            WarehouseError: the catalog cannot be read.
        """
        version = self._catalogs.catalog_version
        state = self._states.load(model_id, lambda: self._read_state(model_id))
        where = connection_id or state.stored.connection_id
        place = (model_id, where)
        known = self._find(place, (*state.content, version(where)))
        if known is not None:
            return known
        with self._lock_of(place):
            with self._database.reading() as connection:
                state = _state(connection, model_id)
                key = (*state.content, version(where))
                known = self._find(place, key)
                if known is not None:
                    return known
                stack = load_stack(connection, state.stored)
            compiled = self._compile(stack, key, self._catalog(state, where))
            with self._guard:
                self._kept[place] = compiled
                self._kept.move_to_end(place)
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

    def _compile(self, stack: Stack, key: _Key, catalog: Catalog) -> CompiledModel:
        model, diagnostics = load_model(stack.layers(), catalog)
        for diagnostic in diagnostics:
            _log.warning("model %s: %s", stack.model.id, diagnostic)
        return CompiledModel(model, diagnostics, key)

    def _catalog(self, state: _State, connection_id: str) -> Catalog:
        """Read a catalog; views of the default schema of the model's own connection mean the one there."""
        catalog = self._catalogs.load_catalog(connection_id)
        if connection_id == state.stored.connection_id or not state.default_schema:
            return catalog
        return catalog.with_default(state.default_schema)

    def _read_state(self, model_id: str) -> _State:
        with self._database.reading() as connection:
            return _state(connection, model_id)

    def _find(self, place: _Key, key: _Key) -> CompiledModel | None:
        with self._guard:
            known = self._kept.get(place)
            if known is None or known.fingerprint != key:
                return None
            self._kept.move_to_end(place)
            return known

    def _lock_of(self, place: _Key) -> Lock:
        with self._guard:
            return self._locks.setdefault(place, Lock())


def _state(connection: Connection, model_id: str) -> _State:
    """Return the model as it is stored."""
    stored = model_rows.find_row(connection, model_id)
    if stored is None:
        raise NoSuchModel(model_id)
    chain = load_chain(connection, stored)
    wanted = select(connections.c.default_schema).where(connections.c.id == stored.connection_id)
    schema = connection.execute(wanted).scalar_one_or_none() or ""
    return _State(stored, (*(layer.content_sha256 for layer in chain), schema), schema)
