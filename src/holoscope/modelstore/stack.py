"""A model as it is stored: its own layer on top of those below, each with its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from holoscope.modeling.layers import Layer
from holoscope.modelstore import model_rows
from holoscope.modelstore.chain import load_chain
from holoscope.modelstore.model_rows import StoredModel

Token = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """Layers lowest first; `files` holds the files of each by path. A layer's name is its model's id."""

    chain: tuple[StoredModel, ...]
    files: tuple[Mapping[str, str], ...]

    @property
    def model(self) -> StoredModel:
        return self.chain[-1]

    @property
    def own(self) -> Mapping[str, str]:
        """The files that the model itself holds."""
        return self.files[-1]

    @property
    def token(self) -> Token:
        """Name the state of every layer; a write to any of them changes it."""
        return token_of(self.chain)

    def layers(self) -> tuple[Layer, ...]:
        """Give the layers as the modelling language knows them."""
        return tuple(Layer(model.id, files) for model, files in zip(self.chain, self.files, strict=True))

    def below(self) -> tuple[Layer, ...]:
        """Give the layers under the model's own."""
        return self.layers()[:-1]

    def base(self) -> Stack:
        """Return the stack of the model right below."""
        return Stack(self.chain[:-1], self.files[:-1])

    def below_with(self, files: Mapping[str, str]) -> tuple[Layer, ...]:
        """Give the layers under the model's own as if the one right below held these files."""
        return self.base().with_own(files).layers()

    def with_own(self, files: Mapping[str, str]) -> Stack:
        """Return the stack as it were if the model held these files instead."""
        return Stack(self.chain, (*self.files[:-1], files))

    def changed(self, changes: Mapping[str, str | None]) -> Stack:
        """Return the stack as it would be after these changes to the model's own files."""
        after = {path: text for path, text in {**self.own, **changes}.items() if text is not None}
        return self.with_own(after)


def token_of(chain: Iterable[StoredModel]) -> Token:
    """Name the state of these layers."""
    return tuple(model.token for model in chain)


def load_stack(connection: Connection, model: StoredModel) -> Stack:
    """Read a model with every layer under it."""
    chain = load_chain(connection, model)
    return Stack(
        chain,
        tuple(
            {path: file.text for path, file in model_rows.load_own_files(connection, layer.id).items()}
            for layer in chain
        ),
    )
