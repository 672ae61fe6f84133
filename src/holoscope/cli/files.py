"""Files that must appear whole and unreadable to others, and the lock on a data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from holoscope.kit.errors import Conflict, HoloscopeError
from holoscope.kit.ids import new_id


class CannotWrite(HoloscopeError):
    """The data folder cannot be created or written."""

    code = "cannot_write"


class DataFolderBusy(Conflict):
    """Another server already uses this data folder."""

    code = "data_folder_busy"


def write_private(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put `content` at `path` in one step, never readable by others on the way.

    Whoever opens `path` sees the old file, no file, or the whole new one, also after a power cut.
    """
    draft = path.with_name(f".{path.name}.{new_id()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def make_data_folder(path: Path) -> Path:
    """Create the data folder (0700) if it is missing and return it as an absolute path.

    Raises:
        CannotWrite: it cannot be made or written; says why.
    """
    folder = path.expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(f"Cannot create the data folder {folder}: {error.strerror}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotWrite(f"The data folder {folder} is not writable for this user.")
    return folder


@contextmanager
def hold_data_folder(folder: Path) -> Iterator[None]:
    """Keep the data folder to one server at a time; the lock ends with the process, however it ends.

    Raises:
        DataFolderBusy: another process holds it.
    """
    with (folder / "server.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            raise DataFolderBusy(
                f"Another holoscope server (process {holder}) uses {folder}. "
                "Stop it first, or choose another folder with --data-dir."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
