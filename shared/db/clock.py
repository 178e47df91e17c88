"""Commit ids: when a commit happened, on a hybrid logical clock, and which one it was.

    commit id = 16 hex digits of the timestamp (ns since the epoch) ‖ 16 hex digits at random

The timestamp is greater than that of every version the run has read, so versions of a document strictly increase.
Timestamps of unrelated commits may coincide; the random part makes ids unique. Ids compare like their timestamps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

_DIGITS = 16


@dataclass(eq=False, repr=False)
class Clock:
    """A process's clock. No number from a client ever enters it.

    Attributes:
        now_ns: wall clock, ns since the epoch.
        sleep: waits for a number of seconds.
        entropy: returns that many random bytes.
    """

    now_ns: Callable[[], int]
    sleep: Callable[[float], None]
    entropy: Callable[[int], bytes]
    _last_ns: int = 0

    def timestamp(self, after_ns: int = 0) -> int:
        """Return a timestamp greater than `after_ns` and every one returned before."""
        self._last_ns = max(self.now_ns(), self._last_ns + 1, after_ns + 1)
        return self._last_ns

    def commit_id(self, timestamp_ns: int) -> str:
        """Make the id of a commit at `timestamp_ns`."""
        return f"{timestamp_ns:0{_DIGITS}x}{self.entropy(8).hex()}"

    def uniform(self) -> float:
        """Return a random number from [0, 1)."""
        return int.from_bytes(self.entropy(4), "big") / 2**32

    def now_ms(self) -> float:
        """Return the wall clock in ms since the epoch."""
        return self.now_ns() / 1e6


def timestamp_of(commit_id: str) -> int:
    """Return the timestamp (ns) that a commit id carries; 0 for the empty id."""
    return int(commit_id[:_DIGITS], 16) if commit_id else 0


def first_commit_id(timestamp_ns: int) -> str:
    """Return a string that is not above any commit id at or after `timestamp_ns`, and above all earlier ones."""
    return f"{max(timestamp_ns, 0):0{_DIGITS}x}"


def system_clock(entropy: Callable[[int], bytes]) -> Clock:
    """Return the clock of a real process."""
    return Clock(time.time_ns, time.sleep, entropy)
