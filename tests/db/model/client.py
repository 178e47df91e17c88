"""Clients: they send a mutation, some of them again and again, and some processes die under it."""

from __future__ import annotations

from functools import partial

from shared import values
from shared.db.database import Database, MutationRequest
from shared.db.writer import Writer
from shared.errors import MutationTimedOut, OptimisticConcurrencyControlFailure, PolarisError, TransientError
from tests.db.model.history import Answer, Call, History
from tests.db.model.looks import Observer
from tests.db.model.world import EVERYTHING, World


class ProcessDied(BaseException):
    """The process is gone, in the middle of whatever it was doing."""


class Client:
    """Sends the calls of one history."""

    def __init__(self, world: World, history: History) -> None:
        self._world = world
        self._history = history

    def start(self, call: Call) -> None:
        """Send `call` for the first time now, and perhaps again; to be run as a green thread."""
        world, weather = self._world, self._world.weather
        call.started_ns = world.scheduler.now_ns
        after_s = 0.0
        while True:
            sending = world.scheduler.spawn(partial(self._send, call), after_s)
            if world.random.random() < weather.crash:
                dies_s = after_s + world.random.uniform(0, 10 * weather.faults.way_s)
                world.scheduler.spawn(partial(world.scheduler.kill, sending, ProcessDied()), dies_s)
            if not call.has_key or world.random.random() >= weather.repeats:
                return
            after_s += world.random.choice((0.0, world.random.uniform(0, 0.5), world.random.uniform(0, 15)))

    def _send(self, call: Call) -> None:
        """Send a call once, to any process, and note what it is told."""
        try:
            answer = self._ask(call, self._world.random.choice(self._world.processes))
        except ProcessDied:
            return
        except Exception as error:  # noqa: BLE001 - none may come out of the data layer
            self._history.violations.append(f"{call.tag} raised {error!r}")
            return
        if answer is not None:
            call.answers.append((self._world.scheduler.now_ns, answer))
            if self._world.random.random() < self._world.weather.curiosity:
                Observer(self._world, self._history).look()

    def _ask(self, call: Call, process: Database) -> Answer | None:
        def body(db: Writer) -> str:
            return values.dumps(call.step.run(db, self._world.names, call.tag))

        key = f"key/{call.tag}" if call.has_key else None
        request = MutationRequest(type(call.step).__name__, "ada", repr(call.step), key)
        try:
            return Answer("value", values.loads(process.mutate(EVERYTHING, body, request).value))
        except (MutationTimedOut, OptimisticConcurrencyControlFailure):
            return Answer("not applied")
        except TransientError:
            return None
        except PolarisError as error:
            return Answer("error", (error.code, error.message))
