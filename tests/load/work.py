"""How much each function of the backend worked while a load ran, for each operation, and what that means on AWS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.load.saturation import Call

AWS_ACTORS = 500
"""How many connections a deployed stage works for at once, unless its setting `actors` says otherwise."""


@dataclass(frozen=True)
class Work:
    """What one function did.

    Attributes:
        function: its name in the log.
        calls: for each operation.
        median_ms: of a call.
        busy_ms: for each operation.
    """

    function: str
    calls: float
    median_ms: float
    busy_ms: float


def work(made: Iterable[Call], began: float, ended: float, operations: int) -> list[Work]:
    """Return what functions did between two moments, in ms since the epoch, for each operation; most work first."""
    took: dict[str, list[float]] = defaultdict(list)
    for call in made:
        if began <= call.ended <= ended:
            took[call.function].append(call.took)
    done = [
        Work(name, len(all_ms) / operations, sorted(all_ms)[len(all_ms) // 2], sum(all_ms) / operations)
        for name, all_ms in took.items()
    ]
    return sorted(done, key=lambda one: -one.busy_ms)


def most_on_aws_per_s(done: Iterable[Work]) -> float:
    """Return how many operations a second fill the actors of a deployed stage, if they work there as they do here."""
    busy_ms = sum(one.busy_ms for one in done if one.function == "session")
    return AWS_ACTORS * 1000 / busy_ms if busy_ms else float("inf")
