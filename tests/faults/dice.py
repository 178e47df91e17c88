"""What a seed decides about each call."""

from __future__ import annotations

import random
from collections import Counter
from typing import Final, NamedTuple

from tests.faults.calls import Call
from tests.faults.weather import Fault, Faults

_ONLY_WRITES: Final = {Fault.LATE, Fault.DOUBLED, Fault.FAILED_APPLIED}
_NOT_POSTS: Final = {Fault.DOUBLED}
"""TCP copies nothing, and posts are attempted once."""


class Strike(NamedTuple):
    """What happens to one call.

    Attributes:
        fault: which fault.
        dice: decides the rest, such as how late.
    """

    fault: Fault
    dice: random.Random


class Dice:
    """Decides by a seed; the nth call of an operation meets the same fault whatever else goes on meanwhile."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._numbers: Counter[str] = Counter()

    def of(self, name: str) -> random.Random:
        """Return the dice of the next event of this name."""
        self._numbers[name] += 1
        return random.Random(f"{self.seed}/{name}/{self._numbers[name]}")

    def strike(self, call: Call, faults: Faults) -> Strike | None:
        """Decide whether a fault happens to the next call of this operation."""
        injected = faults.injected
        if not injected:
            return None
        dice = self.of(f"{call.door}.{call.operation}")
        roll = dice.random()
        for fault in injected:
            if not may_happen(fault, call):
                continue
            roll -= faults.probability(fault)
            if roll < 0:
                return Strike(fault, dice)
        return None


def may_happen(fault: Fault, call: Call) -> bool:
    """Tell whether a fault can happen to a call of this kind."""
    match fault:
        case Fault.CONFLICT:
            return call.contends
        case Fault.IN_PROGRESS:
            return call.operation == "TransactWriteItems"
        case Fault.GONE:
            return call.door == "sockets"
    return (call.writes or fault not in _ONLY_WRITES) and (call.door != "sockets" or fault not in _NOT_POSTS)
