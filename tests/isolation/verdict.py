"""What is known of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

INVARIANTS: Final = {
    "S": "mutations are serializable, errors included",
    "I1": "an acknowledged mutation is seen by every later read of anyone",
    "I2": "an acknowledged mutation is applied exactly once, any other at most once; answers stay the same",
    "I3": "a live client moves along one line of versions",
    "I4": "every live query comes to equal a fresh run",
    "I5": "a mutation's promise resolves when its effect shows",
    "I6": "an export that is imported and exported again is the same",
    "I7": "nothing computed for whoever was signed in before is sent after a change",
    "I8": "names are unique among siblings, nobody exceeds the limit, nothing is an orphan, all records agree",
    "I9": "nobody reads or writes what is another's, by any argument",
}


@dataclass
class Verdict:
    """What is known of a run.

    Attributes:
        acknowledged: how many mutations were answered by a value; of the data layer, also by a refusal.
        failed: how many were told to have failed; of the app, also those that it refused.
        unknown: how many were not answered.
        looks: how many queries were answered.
        struck: how often each fault happened.
        violations: what is wrong, by invariant, each with a short history that shows it.
        settled_ms: how long live queries took to come to rest, each client's.
        changes: how often somebody else signed in on a connection.
        trespasses: how often somebody tried what is another's.
    """

    acknowledged: int = 0
    failed: int = 0
    unknown: int = 0
    looks: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    violations: dict[str, list[str]] = field(default_factory=dict)
    settled_ms: list[float] = field(default_factory=list)
    changes: int = 0
    trespasses: int = 0

    @property
    def operations(self) -> int:
        """How many calls were made."""
        return self.acknowledged + self.failed + self.unknown + self.looks

    def blame(self, invariant: str, found: Iterable[str]) -> None:
        """Note violations of an invariant, if there are any."""
        for violation in found:
            self.violations.setdefault(invariant, []).append(violation)

    def lines(self, most: int | None = None) -> list[str]:
        """Tell what is wrong, or the first of it and how much more there is."""
        told = [f"VIOLATION of {name}: {what}" for name, found in self.violations.items() for what in found]
        return told if most is None or len(told) <= most else [*told[:most], f"and {len(told) - most} more"]

    def __str__(self) -> str:
        """Say it in a line."""
        live = (
            ""
            if not self.settled_ms
            else (
                f", {self.changes} changes of identity, {self.trespasses} trespasses, live queries at rest after"
                f" {max(self.settled_ms):.0f} ms"
            )
        )
        return (
            f"{self.acknowledged} acknowledged, {self.failed} failed, {self.unknown} unknown, {self.looks} looks,"
            f" {sum(self.struck.values())} faults, {len(self.lines())} violations{live}"
        )
