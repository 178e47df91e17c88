"""What a seed decides before anything happens: how slow, unreliable and busy the world is."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.faults.weather import Faults

TIMELY_S = 0.25
"""Frames that take longer may come after the time that the server gives those of a reconnect (300 ms)."""


@dataclass(frozen=True)
class Weather:
    """The world of one history.

    Attributes:
        database: what may happen to calls of the database.
        lag_s: the longest that an index entry takes to become visible.
        tear_s: the longest time between two items of a transaction.
        skew_s: how far each process's clock is off at most.
        crash: the probability that an invocation's process dies.
        disorder_s: the longest that a frame takes from a client into the queue; those of one client overtake others.
        frame_doubled: the probability that the gateway invokes the function twice for one frame.
        queue_failed: the probability that the queue refuses an event, or takes it and its answer is lost.
        ack_lost: the probability that a batch is delivered again after it was handled.
        visibility_s: when a batch is delivered again that was not handled; longer than a function can live.
        impatience: the probability that a batch is delivered again while it is handled.
        post_s: the longest that a post takes.
        post_lost: the probability that a post does not arrive.
        post_unheard: the probability that a post arrives, and its answer does not.
        post_throttled: the probability that a post is refused for load.
        stream_s: the longest that the stream takes to tell of a commit.
        stream_doubled: the probability that it tells twice.
        disconnect_lost: the probability that nobody is told of a closed socket.
        cuts: how many connections break, on average, per client.
        javascript: how many JavaScript clients there are.
        python: how many Python clients.
        acts: how much each user does.
        writes: how many mutations come over HTTP.
        span_s: within how long all that happens; then all is calm.
    """

    database: Faults
    lag_s: float
    tear_s: float
    skew_s: float
    crash: float
    disorder_s: float
    frame_doubled: float
    queue_failed: float
    ack_lost: float
    visibility_s: float
    impatience: float
    post_s: float
    post_lost: float
    post_unheard: float
    post_throttled: float
    stream_s: float
    stream_doubled: float
    disconnect_lost: float
    cuts: float
    javascript: int
    python: int
    acts: int
    writes: int
    span_s: float

    @property
    def is_mild(self) -> bool:
        """Whether nothing happens for which a connection has to be closed."""
        faults = self.database
        if self.disorder_s > TIMELY_S or (self.ack_lost and self.visibility_s > 1):
            return False
        gateway = self.post_lost + self.post_unheard + self.post_throttled + self.cuts
        database = faults.throttled + faults.lost + faults.unheard + faults.late
        return not (gateway + database + self.crash + self.impatience + self.queue_failed)


def draw_weather(dice: random.Random) -> Weather:
    """Draw the weather of one history; each kind of trouble is absent from many of them."""

    def sometimes(most: float) -> float:
        return dice.choice((0.0, 0.0, dice.uniform(0, most)))

    faults = Faults(
        way_s=dice.choice((0.001, 0.005, 0.02)),
        throttled=sometimes(0.05),
        conflict=sometimes(0.1),
        lost=sometimes(0.02),
        unheard=sometimes(0.05),
        late=sometimes(0.03),
        late_s=3.0,
        patience_s=dice.choice((0.1, 1.0)),
    )
    return Weather(
        database=faults,
        lag_s=dice.choice((0.0, dice.uniform(0, 3), dice.uniform(0, 40))),
        tear_s=sometimes(0.03),
        skew_s=dice.choice((0.0, 0.02, 1.0)),
        crash=sometimes(0.2),
        disorder_s=dice.choice((0.005, 0.05, 0.2, 1.0)),
        frame_doubled=sometimes(0.2),
        queue_failed=sometimes(0.03),
        ack_lost=sometimes(0.1),
        visibility_s=45.0,
        impatience=sometimes(0.05),
        post_s=dice.choice((0.002, 0.02, 0.1)),
        post_lost=sometimes(0.1),
        post_unheard=sometimes(0.1),
        post_throttled=sometimes(0.3),
        stream_s=dice.choice((0.3, 3.0, 30.0)),
        stream_doubled=sometimes(0.3),
        disconnect_lost=dice.choice((0.0, 0.5, 1.0)),
        cuts=sometimes(2.0),
        javascript=dice.randint(1, 2),
        python=dice.choice((0, 0, 1)),
        acts=dice.randint(2, 6),
        writes=dice.randint(0, 5),
        span_s=dice.choice((0.3, 2.0, 15.0)),
    )
