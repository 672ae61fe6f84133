"""Finished results in files, so that a restart forgets nothing: one file for each, whole or not at all.

A file's name is a keyed digest of everything its result depends on (`cache.CacheKey`), and it ends in
a keyed digest of its name and its content. So a file that is half written, damaged, renamed, or was
made by another server is no result: it is removed. Files are written aside and then moved into their
place. What stands in the folder belongs to this cache; anything else in it is removed at the start.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import stat
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from hmac import compare_digest
from pathlib import Path

import msgspec

from holoscope.kit.ids import new_id
from holoscope.runs.cache import CacheKey, Entry

log = logging.getLogger(__name__)
_MAGIC = b"HOLORES1"
_LENGTH_BYTES = 4
_DIGEST_BYTES = 32
_NAME = re.compile(r"[0-9a-f]{64}\Z")
_MOST_WAITING_BYTES = 64 * 1024 * 1024
"""Results that wait to be written; above, they are kept in memory alone."""


class _Head(msgspec.Struct):
    plan_key: str
    num_rows: int
    arrow_bytes: int
    created_at: datetime
    asked_at: datetime | None


class DiskCache:
    """At most `limit_bytes` of files in `folder`; the least recently used leave first.

    `secret` keys the digests. Files are written and read on a thread of their own; the rest may be
    called from the event loop.

    Raises:
        OSError: the folder cannot be made or read.
    """

    def __init__(self, folder: Path, limit_bytes: int, secret: bytes) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._secret = secret[: hashlib.blake2b.MAX_KEY_SIZE]
        self._lock = threading.Lock()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._waiting_bytes = 0
        self.size_bytes = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="disk-cache")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        self._take_stock()

    def may_have(self, key: CacheKey) -> bool:
        """Tell whether there is a file for a key; whether it is sound, only `load` can tell."""
        return self._name(key) in self._sizes

    def keep(self, key: CacheKey, entry: Entry) -> None:
        """Write a result soon; what is too large, or more than the disk takes, is left out."""
        size = len(entry.data)
        with self._lock:
            if size + 1024 > self._limit_bytes or self._waiting_bytes + size > _MOST_WAITING_BYTES:
                return
            self._waiting_bytes += size
        with suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(self._write, self._name(key), entry)

    async def load(self, key: CacheKey) -> Entry | None:
        """Read a result, or None; a file that is not sound is removed."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, self._name(key))

    def drop(self, key: CacheKey) -> None:
        """Forget a result soon."""
        with suppress(RuntimeError):
            self._thread.submit(self._remove, self._name(key))

    def close(self) -> None:
        """Finish the file at hand and write no other."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def __len__(self) -> int:
        return len(self._sizes)

    # -- on the thread ------------------------------------------------------------------

    def _write(self, name: str, entry: Entry) -> None:
        aside = self._folder / f".{new_id()}"
        try:
            head = msgspec.json.encode(
                _Head(entry.plan_key, entry.num_rows, entry.arrow_bytes, entry.created_at, entry.asked_at)
            )
            parts = (_MAGIC, len(head).to_bytes(_LENGTH_BYTES, "big"), head, entry.data)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(aside, flags, 0o600), "wb") as file:
                for part in (*parts, self._digest(name, *parts)):
                    file.write(part)
            aside.replace(self._folder / name)
            self._count(name, sum(map(len, parts)) + _DIGEST_BYTES)
        except OSError as error:
            log.warning("a result could not be written to disk: %s", error.strerror)
            aside.unlink(missing_ok=True)
        finally:
            with self._lock:
                self._waiting_bytes -= len(entry.data)

    def _read(self, name: str) -> Entry | None:
        if name not in self._sizes:
            return None
        try:
            with os.fdopen(
                os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb"
            ) as file:
                entry = self._parsed(name, file.read(self._limit_bytes + 1))
                os.utime(file.fileno())  # the next start finds the order of use
        except (OSError, ValueError, msgspec.MsgspecError):
            log.warning("a result on disk is damaged or foreign and was removed")
            self._remove(name)
            return None
        with self._lock:
            self._sizes.move_to_end(name)
        return entry

    def _parsed(self, name: str, content: bytes) -> Entry:
        """Read a file's content.

        Raises:
            ValueError, msgspec.MsgspecError: it is not what this server wrote under this name.
        """
        body, digest = memoryview(content)[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
        start = len(_MAGIC) + _LENGTH_BYTES
        if not compare_digest(self._digest(name, body), digest) or bytes(body[: len(_MAGIC)]) != _MAGIC:
            raise ValueError(name)
        end = start + int.from_bytes(body[len(_MAGIC) : start], "big")
        head = msgspec.json.decode(body[start:end], type=_Head)
        return Entry(
            head.plan_key, bytes(body[end:]), head.num_rows, head.arrow_bytes, head.created_at, head.asked_at
        )

    def _remove(self, name: str) -> None:
        with self._lock:
            self.size_bytes -= self._sizes.pop(name, 0)
        with suppress(OSError):
            (self._folder / name).unlink(missing_ok=True)

    def _count(self, name: str, size: int) -> None:
        """Note a new file and remove the least recently used ones while there are too many bytes."""
        with self._lock:
            self.size_bytes += size - self._sizes.pop(name, 0)
            self._sizes[name] = size
        self._shrink()

    def _shrink(self) -> None:
        while self.size_bytes > self._limit_bytes and self._sizes:
            self._remove(next(iter(self._sizes)))

    def _take_stock(self) -> None:
        """Find what earlier processes left, by age of last use; remove whatever is no result's file."""
        found: list[tuple[float, str, int]] = []
        with os.scandir(self._folder) as entries:
            for each in entries:
                if each.is_dir(follow_symlinks=False):
                    continue
                status = each.stat(follow_symlinks=False)
                if _NAME.match(each.name) and stat.S_ISREG(status.st_mode):
                    found.append((status.st_mtime, each.name, status.st_size))
                else:
                    (self._folder / each.name).unlink(missing_ok=True)
        for _, name, size in sorted(found):
            self._sizes[name] = size
            self.size_bytes += size
        self._shrink()

    def _name(self, key: CacheKey) -> str:
        digest = hashlib.blake2b(key=self._secret, digest_size=_DIGEST_BYTES)
        for part in key:
            text = repr(part).encode("utf-8", "surrogatepass")
            digest.update(len(text).to_bytes(8, "big"))
            digest.update(text)
        return digest.hexdigest()

    def _digest(self, name: str, *parts: bytes | memoryview) -> bytes:
        digest = hashlib.blake2b(name.encode(), key=self._secret, digest_size=_DIGEST_BYTES)
        for part in parts:
            digest.update(part)
        return digest.digest()
