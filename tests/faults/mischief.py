"""What happens to a running deployment besides its calls: processes freeze and die, deliveries come again."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future

from tests.faults.deliveries import Deliverer, Record, Sent, Source, disordered, poison
from tests.faults.dice import Dice
from tests.faults.processes import Worker, frozen, kill, workers
from tests.faults.weather import Deliveries, Weather

_STEP_S = 0.25
_REMEMBERED = 200


class Mischief:
    """Does harm in a thread of its own, by a seed, until it is stopped.

    Args:
        deliverer: invokes functions.
        ministack: the number of MiniStack's process, whose children the functions' processes are.
        sent: returns the messages that queues have taken since it was last called.
        struck: where what has happened is counted, as `Proxy.struck` does.

    Attributes:
        raised: what functions raised that were invoked with deliveries of this one's making.
    """

    def __init__(
        self, deliverer: Deliverer, ministack: int, sent: Callable[[], list[Sent]], struck: Counter[tuple[str, str]]
    ) -> None:
        self.raised: list[str] = []
        self._deliverer = deliverer
        self._ministack = ministack
        self._sent = sent
        self._struck = struck
        self._sources = deliverer.sources()
        self._older: dict[str, list[Record]] = {source.arn: [] for source in self._sources}
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None
        self._sleeping: list[threading.Thread] = []

    def begin(self, weather: Weather, seed: int) -> None:
        """Begin to do what the weather says, if it says anything."""
        self.end()
        if not (weather.frozen or weather.killed or _delivers(weather.streams) or _delivers(weather.mailboxes)):
            return
        self._ends.clear()
        self._thread = threading.Thread(target=self._run, args=(weather, Dice(seed)), daemon=True, name="mischief")
        self._thread.start()

    def end(self) -> None:
        """Do no more harm, and let what was frozen go on."""
        self._ends.set()
        for thread in [self._thread, *self._sleeping]:
            if thread is not None:
                thread.join()
        self._thread, self._sleeping = None, []

    def _run(self, weather: Weather, dice: Dice) -> None:
        self._sent()  # what was sent before is of no interest
        while not self._ends.wait(_STEP_S):
            self._harm(weather, dice)
            messages = [message.record() for message in self._sent()]
            for source in self._sources:
                if source.kind == "queue" and _delivers(weather.mailboxes):
                    of_queue = [message for message in messages if message["eventSourceARN"] == source.arn]
                    self._deliver(source, of_queue, weather.mailboxes, dice)
                elif source.kind == "stream" and _delivers(weather.streams):
                    self._deliver(source, self._deliverer.news(source), weather.streams, dice)

    def _harm(self, weather: Weather, dice: Dice) -> None:
        roll = dice.of("processes")
        alive = workers(self._ministack)
        if alive and roll.random() < weather.frozen * _STEP_S:
            self._freeze(roll.choice(alive), roll.uniform(0, weather.frozen_s))
        if alive and roll.random() < weather.killed * _STEP_S:
            kill(roll.choice(alive))
            self._struck["processes", "killed"] += 1

    def _freeze(self, worker: Worker, duration_s: float) -> None:
        def sleep() -> None:
            with frozen(worker):
                self._ends.wait(duration_s)

        self._struck["processes", "frozen"] += 1
        thread = threading.Thread(target=sleep, daemon=True)
        thread.start()
        self._sleeping = [*(one for one in self._sleeping if one.is_alive()), thread]

    def _deliver(self, source: Source, records: list[Record], faults: Deliveries, dice: Dice) -> None:
        """Deliver records again, as the weather has it."""
        if not records:
            return
        roll = dice.of(source.arn)
        older = self._older[source.arn]
        if roll.random() < faults.again:
            again = records
            if source.kind == "stream" and roll.random() < faults.shuffled:
                again = disordered(records, older, roll)
                self._struck[source.kind, "shuffled"] += 1
            self._struck[source.kind, "again"] += 1
            self._invoke(source, again, roll, faults.late_s)
        if roll.random() < faults.poison:
            self._struck[source.kind, "poison"] += 1
            self._invoke(source, [roll.choice([*poison(source.kind, records[0])]), *records], roll, faults.late_s)
        older[:] = [*older, *records][-_REMEMBERED:]

    def _invoke(self, source: Source, records: list[Record], roll: random.Random, late_s: float) -> None:
        def done(invoked: Future[str]) -> None:
            if raised := invoked.result():
                self.raised.append(f"{source.function}: {raised}")

        self._deliverer.deliver(source.function, records, roll.uniform(0, late_s)).add_done_callback(done)


def _delivers(deliveries: Deliveries) -> bool:
    return bool(deliveries.again or deliveries.poison)
