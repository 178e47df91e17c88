"""CPU and memory of processes, from /proc, which Linux has."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_FUNCTION = re.compile(r"ministack-lambda-polaris-local-(.+?)-[^-/]+/")


@dataclass(frozen=True)
class Process:
    """A process at one moment.

    Attributes:
        pid: its number.
        parent: that of its parent.
        cpu_s: what it has used of a core since it was started, in the kernel and outside of it.
    """

    pid: int
    parent: int
    cpu_s: float

    @property
    def memory_bytes(self) -> int:
        """Its proportional set size: a page that several share counts as one."""
        with suppress(OSError):
            told = (PROC / str(self.pid) / "smaps_rollup").read_text()
            if size := re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE):
                return int(size[1]) * 1024
        return 0

    @property
    def function(self) -> str:
        """The function of the local cloud that it runs."""
        with suppress(OSError):
            if named := _FUNCTION.search((PROC / str(self.pid) / "cmdline").read_text()):
                return named[1]
        return "others"


@dataclass(frozen=True)
class Cores:
    """How long all cores together have been what, in s.

    Attributes:
        busy: at work, for whomever.
        stolen: taken away by the machine that this one is a guest of.
        total: there.
    """

    busy: float
    stolen: float
    total: float


def processes() -> dict[int, Process]:
    """Return all processes by their numbers."""
    return {process.pid: process for process in _processes()}


def cores() -> Cores:
    """Return what the cores have done since the machine was started."""
    ticks = [int(field) / _TICKS_PER_S for field in (PROC / "stat").read_text().splitlines()[0].split()[1:9]]
    idle, stolen = ticks[3] + ticks[4], ticks[7]
    return Cores(busy=sum(ticks) - idle - stolen, stolen=stolen, total=sum(ticks))


def _processes() -> Iterator[Process]:
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):  # it has ended meanwhile
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                yield Process(int(folder.name), int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS_PER_S)
