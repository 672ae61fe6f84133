"""What of the machine this process can reach: its database file, its own folder, its libraries.

Linux's Landlock refuses everything else, in the kernel, for good: other files, running programs,
TCP, signals to other processes. A kernel without it, or another system, leaves the engine's own
sandbox and the limits.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_NO_NEW_PRIVILEGES = 38
_WHICH_VERSION = 1
_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_EVERYTHING = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_SPILL_RIGHTS = (1 << 1) | _READ_FILE | _READ_FOLDER | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 14)
_TCP = 0b11
_SCOPES = 0b11
_NOBODY = 65_534


def confine(database: str, folder: str) -> bool:
    """Confine this process and what it starts; False when the kernel cannot.

    Threads that run already are not confined, so this comes before the engine has any.
    """
    if sys.platform != "linux":
        return False
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    version = system.syscall(_CREATE, None, 0, _WHICH_VERSION)
    if version < 1:
        return False
    rights = _EVERYTHING[max(known for known in _EVERYTHING if known <= version)]
    rules = struct.pack("=QQQ", rights, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    rules = rules[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = system.syscall(_CREATE, rules, len(rules), 0)
    if ruleset < 0:
        return False
    try:
        place = Path(database)
        for part in (place, *place.parent.glob(place.name + ".*")):
            _allow(system, ruleset, part, _READ_FILE)
        _allow(system, ruleset, Path(folder), _SPILL_RIGHTS & rights)
        for library in _libraries():
            _allow(system, ruleset, library, _READ_FILE | _READ_FOLDER)
        return bool(system.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def drop_privileges(spill: str) -> None:
    """Become nobody, when this process may do that; what it holds open stays open."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return
    with suppress(OSError):  # a container may have taken the right to change users away
        for place in (".", spill):  # looked up from here, so its parents need not be open to nobody
            os.chown(place, _NOBODY, _NOBODY)
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _libraries() -> set[Path]:
    """Where code is loaded from while the worker runs; it cannot be started as a program."""
    places = {Path(sys.prefix), Path(sys.base_prefix), *(Path(entry) for entry in sys.path if entry)}
    system = {Path("/usr/lib"), Path("/usr/share/zoneinfo"), Path("/proc/self"), Path("/sys/fs/cgroup")}
    return {place.resolve() for place in places | system if place.exists()}


def _allow(system: ctypes.CDLL, ruleset: int, place: Path, rights: int) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not place.is_dir():
            rights &= ~_READ_FOLDER
        system.syscall(_ADD, ruleset, _BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)
