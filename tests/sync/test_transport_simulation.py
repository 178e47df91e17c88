"""Random histories of clients with the transport, to which more is promised: nothing depends on when frames come.

`tests.sync.simulation` says what a history is.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest

from shared.sync import actor
from shared.sync.ordering import Frame, Order, order
from shared.sync.parts import take_in
from shared.sync.protocol import Part, load, message_of
from shared.sync.state import Connection
from tests.sync.simulation import program
from tests.sync.simulation.breakage import Breakage, Rule
from tests.sync.simulation.calls import Row
from tests.sync.simulation.numbered import Numbered
from tests.sync.simulation.run import run

HISTORIES = 400
PORTION = 50
NOTICED_WITHIN = 300

# An index that lags more lets a connection hear Pings that is closed in vain, for longer than all may take to settle;
# what clocks do that disagree is no matter of the transport.
WEATHER = {"lag_s": 3.0, "skew_s": 0.02}
WITH_TRANSPORT = Breakage("the transport", rules=(Rule(program, "JavaScript", lambda _: Numbered),), weather=WEATHER)


class Piecemeal(Numbered):
    """A client whose transport does not say what was sent at once."""

    def _send(self, message: Row) -> None:
        super()._send(message)
        self._flush(self.socket)


def as_if_without_numbers(_: Callable[..., Order]) -> Callable[..., Order]:
    """Put complete texts into an order that is guessed from what their messages say."""

    def broken(connection: Connection, frames: list[Frame], now_ms: float) -> Order:
        whole, rest = [], []
        for frame in frames:
            if isinstance(frame.message, Part) and frame.message.left == 0 and frame.message.text[0] == "[":
                told = load(frame.message.text)
                whole += [Frame(f"{frame.name}/{n}", message_of(one), frame.arrived_ms) for n, one in enumerate(told)]
            else:
                rest.append(frame)
        if rest:
            return take_in(connection, frames, now_ms)
        return order(connection.progress, whole, now_ms)

    return broken


BROKEN = {
    "what was sent at once is not told": (Rule(program, "JavaScript", lambda _: Piecemeal),),
    "numbers are ignored": (*WITH_TRANSPORT.rules, Rule(actor, "take_in", as_if_without_numbers)),
}


def portion(first_seed: int) -> list[str]:
    """Run some histories and return what was wrong, a line each."""
    logging.disable()  # in a process of its own: what fails on purpose is logged
    return [line for seed in range(first_seed, first_seed + PORTION) for line in _wrong(seed)]


def _wrong(seed: int) -> Iterator[str]:
    yield from (f"seed {seed}: {line}" for line in run(seed, WITH_TRANSPORT).wrong)


def test_after_every_history_all_that_was_promised_holds_and_holds_at_once() -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
        wrong = [line for lines in pool.map(portion, range(0, HISTORIES, PORTION)) for line in lines]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("name", BROKEN)
def test_a_transport_without_one_of_its_rules_is_noticed(name: str) -> None:
    breakage = replace(WITH_TRANSPORT, name=name, rules=BROKEN[name])
    assert any(run(seed, breakage).wrong for seed in range(NOTICED_WITHIN))
