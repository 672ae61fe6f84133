"""The layers of a model: those it stands on, and the models that its model files extend.

Extended models come right above the schema layer: everything the model's own layers say wins over
them (modeling digest §4, `extends`). They are named by their names and lie on the same connection.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from holoscope.modeling.reader.files import read_text
from holoscope.modeling.reader.model import ModelFile
from holoscope.modelstore import model_rows
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.storage.tables import model_files, models

_EXTENDABLE = (ModelKind.SHARED.value, ModelKind.SHARED_EXTENSION.value)


def load_chain(connection: Connection, model: StoredModel) -> tuple[StoredModel, ...]:
    """Return the layers of a model, lowest first, the model itself last; each model once."""
    bases = model_rows.load_bases(connection, model)
    known = {layer.id for layer in bases}
    extended = _extended(connection, bases, known)
    if not extended:
        return bases
    above = sum(layer.kind is ModelKind.SCHEMA for layer in bases)
    return (*bases[:above], *extended, *bases[above:])


def unknown_models(connection: Connection, model: StoredModel) -> tuple[str, ...]:
    """Return the names under `extends` in the model's own model file that no model bears."""
    names = _names(connection, (model,))
    return tuple(name for name in names if _find(connection, model, name) is None)


def _extended(
    connection: Connection, layers: Iterable[StoredModel], known: set[str]
) -> tuple[StoredModel, ...]:
    """Return the models that `layers` extend, lowest first; `known` are left out and grows."""
    own = tuple(layer for layer in layers if layer.kind is not ModelKind.SCHEMA)
    found: list[StoredModel] = []
    for name in _names(connection, own):
        model = _find(connection, own[-1], name)
        if model is None or model.id in known:
            continue
        bases = [base for base in model_rows.load_bases(connection, model) if base.id not in known]
        bases = [base for base in bases if base.kind is not ModelKind.SCHEMA]
        known |= {base.id for base in bases}
        found += [*_extended(connection, bases, known), *bases]
    return tuple(found)


def _names(connection: Connection, layers: tuple[StoredModel, ...]) -> tuple[str, ...]:
    """Return what the model files of these layers extend, lowest layer first."""
    ids = [layer.id for layer in layers]
    wanted = select(model_files.c.model_id, model_files.c.text).where(
        model_files.c.path == "model", model_files.c.model_id.in_(ids)
    )
    texts = {row.model_id: row.text for row in connection.execute(wanted)}
    names: list[str] = []
    for id_ in ids:
        read = read_text("model", texts[id_]) if "extends" in texts.get(id_, "") else None
        if read is not None and isinstance(read.content, ModelFile):
            names.extend(read.content.extra.get("extends") or ())
    return tuple(dict.fromkeys(names))


def _find(connection: Connection, beside: StoredModel, name: str) -> StoredModel | None:
    wanted = (
        select(models)
        .where(
            models.c.connection_id == beside.connection_id,
            models.c.kind.in_(_EXTENDABLE),
            models.c.name_key == name.casefold(),
            models.c.deleted_at.is_(None),
        )
        .order_by(models.c.created_at, models.c.id)
        .limit(1)
    )
    row = connection.execute(wanted).one_or_none()
    return None if row is None else model_rows.model_of(row)
