"""A model that lies in a folder of YAML files, as a map of file keys to texts."""

from __future__ import annotations

from pathlib import Path

from holoscope.kit.errors import BadRequest, NotFound

_ENDINGS = (".yaml", ".yml")
_NAMES = ("model", "relationships")
_KINDS = (".view", ".topic", ".composite_topic")


def load_folder(path: Path) -> dict[str, str]:
    """Read every model file below `path`, in the order of their keys.

    Keys are paths with `/`, without `.yaml` or `.yml` (modeling digest §2): `model`,
    `relationships` (both at the top only), `PUBLIC/trips.view`, `rides.topic`. Other files and
    hidden folders are not read. A byte that is no UTF-8 becomes a replacement character.

    Raises:
        NotFound: there is no such folder.
        BadRequest: a link leads out of the folder, or two files have one key.
    """
    return {key: file.read_bytes().decode(errors="replace") for key, file in paths_of(path).items()}


def paths_of(path: Path) -> dict[str, Path]:
    """Return the paths of the files that `load_folder` reads, by their keys.

    Raises:
        NotFound, BadRequest: as `load_folder`.
    """
    if not path.is_dir():
        raise NotFound(f"No model folder {str(path)!r}.")
    root = path.resolve()
    files: dict[str, Path] = {}
    for file in sorted(path.rglob("*")):
        relative = file.relative_to(path)
        if file.is_symlink() and not file.resolve().is_relative_to(root):
            raise BadRequest(f"{relative.as_posix()!r} leads out of the model folder.")
        key = _key(relative)
        if key is None or any(part.startswith(".") for part in relative.parts) or file.is_dir():
            continue
        if key in files:
            raise BadRequest(f"Two files are called {key!r} (.yaml and .yml).")
        files[key] = file
    return files


def _key(relative: Path) -> str | None:
    name = relative.as_posix()
    ending = next((ending for ending in _ENDINGS if name.endswith(ending)), None)
    if ending is None:
        return None
    key = name.removesuffix(ending)
    return key if key in _NAMES or key.endswith(_KINDS) else None
