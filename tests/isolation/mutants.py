"""Rules of the data layer that are taken away at its door, each with a run in which the checker has to notice."""

from __future__ import annotations

from typing import Final, NamedTuple


class Mutant(NamedTuple):
    """A run without a rule.

    Attributes:
        without: the rule, by its name among `tests.db.model.breakages`.
        workload: what notices.
        faults: in which weather.
    """

    without: str
    workload: str
    faults: str = "calm"


MUTANTS: Final = (
    Mutant("a document put over another version", "registers"),
    Mutant("a document read and not checked", "write skew"),
    Mutant("a range read and not checked", "phantoms"),
    Mutant("a range changed after another version was read", "counters"),
    Mutant("a claim put over another", "unique names"),
    Mutant("`changes` not read", "counters", "index lag"),
    Mutant("a new token and an outcome put over another", "append lists", "lost answers"),
)
