"""How often one caller may do something within a window of time.

    the first few of a window   counted by the process alone: nobody who works normally costs a call
    beyond                      the process leases a batch: it adds to a row that all processes share, on condition
                                that the sum stays within the limit
    refused                     the process remembers it until the window ends: a refused caller costs no call either

So a caller gets no more than the limit, and the first few of every process but one. What is rare and expensive has no
such first few, and is counted exactly. When the row cannot be reached, the process admits as much as the limit by
itself: that the limiter fails must not stop everybody's work.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from shared.db.engine import Condition, ConditionFailed, Key, Update
from shared.db.store import Store
from shared.errors import RateLimited
from shared.limit_settings import Limits
from shared.schema.platform import ALLOWANCES

Spending = Literal["queries", "mutations", "anonymous", "starts", "uploads", "openings", "announced_mb"]

_LOG: Final = logging.getLogger(__name__)


class Allowance(NamedTuple):
    """What may be spent of something.

    Attributes:
        window_s: how long a window is.
        what: what is counted, for messages.
        exact: whether every one of them is counted in the shared row.
    """

    window_s: int
    what: str
    exact: bool = False

    def refusal(self, limit: int, wait_s: int) -> RateLimited:
        """Return what a caller is told who has to wait."""
        most = f"at most {limit:,} are allowed within {self.window_s:,} s"
        return RateLimited(f"Too many {self.what}: {most}. Try again in {wait_s:,} s.", wait_s)


ALLOWANCES_OF: Final[dict[Spending, Allowance]] = {
    "queries": Allowance(10, "queries"),
    "mutations": Allowance(10, "mutations"),
    "anonymous": Allowance(10, "calls without a sign-in from one address"),
    "starts": Allowance(600, "starts of jobs", exact=True),
    "uploads": Allowance(600, "uploads"),
    "openings": Allowance(60, "sockets opened from one address"),
    "announced_mb": Allowance(86_400, "megabytes of large uploads", exact=True),
}

BATCHES: Final = 50
"""Into how many batches a limit is divided; one of them is what a process admits by itself."""

_KEPT_S: Final = 3600
_MOST_REMEMBERED: Final = 10_000


@dataclass
class _Purse:
    """What a caller has left in this process.

    Attributes:
        window: the number of the window that it is for.
        left: what may be spent before more is leased.
        leases: whether more can be leased.
    """

    window: int
    left: int
    leases: bool = True


class Allowances:
    """Counts what callers do, and refuses what is too much.

    Args:
        store: the database and the clock.
        limits: how much is too much.
    """

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._purses: dict[tuple[Spending, str], _Purse] = {}

    def spend(self, spending: Spending, who: str, amount: int = 1) -> None:
        """Count more of something.

        Args:
            spending: what is done.
            who: by whom; whatever tells callers apart.
            amount: how much more; above 1 only of what is counted exactly.

        Raises:
            RateLimited: it is too much; it is not counted.
        """
        limit = getattr(self._limits, spending)
        if not limit:
            return
        allowance = ALLOWANCES_OF[spending]
        now_s = self._store.clock.now_ms() / 1000
        window, free = int(now_s // allowance.window_s), 0 if allowance.exact else limit // BATCHES
        purse = self._purse(spending, who, window, free)
        if purse.left < amount and purse.leases:
            self._lease(purse, spending, who, limit, free, amount)
        if purse.left < amount:
            raise allowance.refusal(limit, math.ceil((window + 1) * allowance.window_s - now_s))
        purse.left -= amount

    def _purse(self, spending: Spending, who: str, window: int, free: int) -> _Purse:
        purse = self._purses.get((spending, who))
        if purse is None or purse.window != window:
            if len(self._purses) >= _MOST_REMEMBERED:
                self._purses.clear()
            purse = self._purses[spending, who] = _Purse(window, free)
        return purse

    def _lease(self, purse: _Purse, spending: Spending, who: str, limit: int, free: int, amount: int) -> None:
        allowance, batch = ALLOWANCES_OF[spending], max(amount, free)
        key = Key(ALLOWANCES, f"{spending}/{purse.window}/{sha256(who.encode()).hexdigest()}")
        expires_at_s = (purse.window + 1) * allowance.window_s + _KEPT_S
        within = Condition("spent", "older", limit - free - batch + 1)
        try:
            self._store.engine.write(Update(key, {"expiresAt": expires_at_s}, {"spent": batch}, (within,)))
            purse.left = batch
        except ConditionFailed:
            purse.leases = amount > 1  # less may be left
        except Exception as error:  # noqa: BLE001 - see the header: whatever it is, work goes on
            _LOG.warning("Allowances cannot be leased: %s", type(error).__name__)
            purse.left, purse.leases = limit, False
