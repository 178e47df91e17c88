"""What a seed decides about the world: how far indexes lag and clocks differ, and what goes wrong how often.

Readers find an acknowledged write in a lagging index as long as its lag, the difference of two clocks and the time a
commit is under way stay below 120 s together; so that is how bad the weather gets, but for some histories in which
indexes are so late that nobody looks at them: there, what mutations decide on has to hold all the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.faults.weather import Faults

BUDGET_S = 115.0
MOST_LAG_S = 60.0
UNDER_WAY_S = 35.0
"""A commit id is made, then sent for up to 10 s, and its last copy may arrive 20 s later."""


@dataclass(frozen=True)
class Weather:
    """Everything but the calls.

    Attributes:
        lag_s: the longest that an index entry takes to become visible.
        skew_s: how far each process's clock is off at most.
        tick_ns: what clocks count in.
        tear_s: the longest time between two items of a transaction.
        faults: what happens to calls of the database.
        crash: the probability that the process of a sending dies.
        repeats: the probability that a call with a key is sent once more, and once more again.
        keys: the probability that a call has a key.
        span_s: within how long all calls begin.
        processes: how many there are.
        calls: how many mutations.
        looks: how many queries.
        curiosity: the probability that whoever is told of an answer looks at once.
        is_built: whether the records of guarded and unique indexes have been built; else an operator does, meanwhile.
    """

    lag_s: float
    skew_s: float
    tick_ns: int
    tear_s: float
    faults: Faults
    crash: float
    repeats: float
    keys: float
    span_s: float
    processes: int
    calls: int
    looks: int
    curiosity: float
    is_built: bool

    @property
    def shows_indexes(self) -> bool:
        """Whether indexes are up to date soon enough for readers."""
        return self.lag_s <= MOST_LAG_S


def draw_weather(random: random.Random) -> Weather:
    """Draw the weather of one history; each kind of trouble is absent from half of them."""

    def sometimes(most: float) -> float:
        return random.choice((0.0, random.uniform(0, most)))

    is_late = random.random() < 0.05
    lag_s = 300.0 if is_late else random.choice((0.0, random.uniform(0, 5), random.uniform(0, MOST_LAG_S)))
    skew_s = sometimes(max(0.0, min(30.0, (BUDGET_S - UNDER_WAY_S - lag_s) / 2)))
    silence = random.choice((0.2, 0.2, 0.2, 0.9))
    faults = Faults(
        way_s=random.choice((0.002, 0.02, 0.2)),
        throttled=sometimes(0.2),
        conflict=sometimes(0.3),
        lost=sometimes(0.1),
        unheard=sometimes(silence),
        late=sometimes(silence),
        doubled=sometimes(0.3),
        patience_s=random.choice((0.1, 1.0, 3.0)),
    )
    return Weather(
        lag_s=lag_s,
        skew_s=skew_s,
        tick_ns=random.choice((1, 1, 10**6, 10**9)),
        tear_s=sometimes(0.03),
        faults=faults,
        crash=sometimes(0.4),
        repeats=sometimes(0.6),
        keys=random.choice((0.0, 0.5, 1.0)),
        span_s=300.0 if is_late else random.choice((0.01, 0.1, 1.0, 30.0)),
        processes=random.randint(1, 3),
        calls=random.randint(3, 8),
        looks=random.randint(0, 3),
        curiosity=sometimes(0.5),
        is_built=random.random() > 0.06,
    )
