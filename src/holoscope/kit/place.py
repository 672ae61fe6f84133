"""Which of a server's processes this is, and where it finds the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from holoscope.kit.ids import new_id

MOST_PROCESSES = 64


@dataclass(frozen=True, slots=True)
class Place:
    """One of `count` processes that serve together; `folder` holds what they share while they run."""

    folder: Path
    index: int = 0
    count: int = 1

    def share_of(self, amount: int) -> int:
        """Return this process's part of what was given to all; 1 at least, where there is any."""
        return max(amount // self.count, 1) if amount else 0

    def socket(self, index: int | None = None) -> Path:
        """Return the socket at which a process listens to the others."""
        return self.folder / f"process-{self.index if index is None else index}.sock"

    def new_job_id(self) -> str:
        """Return a fresh UUID whose last two digits tell which process has the job."""
        return f"{new_id()[:-2]}{self.index:02x}"

    def owner_of(self, job_id: str) -> int:
        """Return which process has a job; of an id that none of them made, this one."""
        try:
            index = int(job_id[-2:], 16)
        except ValueError:
            return self.index
        return index if index < self.count else self.index
