"""The world of one history: a deployment whose every part misbehaves as its weather says, until all is calm."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shared import values
from shared.auth.identity import Identity
from shared.db.access import Access
from shared.db.clock import Clock
from shared.db.database import Database, MutationRequest
from shared.db.engine import Operation, Put
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import PolarisError, TokenExpired, TransientError, Unauthorized
from shared.runtime.call_log import Call as LoggedCall
from shared.runtime.environment import Environment
from shared.schema.document import DOCUMENTS, Id
from shared.schema.tables import Conversation, Project
from shared.sync.session import handle
from tests.runtime.backend import make_environment
from tests.support.memory_objects import MemoryObjects
from tests.support.scheduler import Scheduler
from tests.support.stores import START_NS, HashSigner, mark_ready
from tests.support.torn_engine import TornEngine
from tests.sync.simulation.breakage import Breakage
from tests.sync.simulation.calls import Call
from tests.sync.simulation.fresh import FreshDatabase
from tests.sync.simulation.gateway import Gateway
from tests.sync.simulation.notes import REGISTRY
from tests.sync.simulation.process import Fleet, Killed, Process
from tests.sync.simulation.queue import Queue, Record
from tests.sync.simulation.schedule import Schedule
from tests.sync.simulation.stream import Stream
from tests.sync.simulation.weather import Weather

FOREVER_S = 1e9
HTTP_MORTALITY = 10.0
"""Whoever dies after a commit over HTTP leaves it to the stream to tell of it; nothing else shows that it works."""
ISSUER = "https://id.example"


class StreamingEngine(TornEngine):
    """A database that streams the commit record of each transaction, perhaps before the rest of it can be seen."""

    stream: Stream

    def apply(self, operation: Operation) -> None:
        super().apply(operation)
        if isinstance(operation, Put) and operation.table.name == "commits":
            self.stream.tell(operation.item)


class World:
    """One deployment, and the clients' side of it.

    Attributes:
        wrong: what was found to be wrong, a line each.
        told: what happened, a line each, when somebody wants to know.
        is_calm: nothing goes wrong any more.
        calm_s: since when, in s since the beginning.
        over: nothing begins any more.
        has_crashed: whether any process died, or one was taken for dead.
        has_expired: whether anybody used a token that does not last.
        calls: all mutations.
        displaced: notes that somebody may have moved or dropped.
    """

    def __init__(self, dice: random.Random, weather: Weather, breakage: Breakage) -> None:
        self.random, self.weather, self.breakage = dice, weather, breakage
        self.wrong: list[str] = []
        self.told: list[str] | None = None
        self.is_calm = self.over = self.has_crashed = self.has_expired = False
        self.calm_s = FOREVER_S
        self.calls: list[Call] = []
        self.displaced: set[str] = set()
        self.scheduler = Scheduler(START_NS)
        lag_ns = int(weather.lag_s * 1e9)
        self.engine = StreamingEngine(self.scheduler, dice, lambda: dice.randint(0, lag_ns), weather.tear_s)
        self.objects = MemoryObjects()
        self.environment: Environment = replace(
            make_environment(),
            verifier=Tokens(self),
            log=Log(self),  # type: ignore[arg-type]  # writes nothing
        )
        self.engine.stream = Stream(self)
        self.queue, self.gateway, self.schedule = Queue(self), Gateway(self), Schedule(self)
        self._actors, self._ingress, self.http = Fleet(self), Fleet(self), Fleet(self, HTTP_MORTALITY)
        self._make_first_documents()

    def strikes(self, probability: float) -> bool:
        """Tell whether something goes wrong that does so with this probability while it is not calm."""
        return probability > 0 and not self.is_calm and self.random.random() < probability

    def be_calm(self) -> None:
        """Let nothing go wrong from now on."""
        self.note("calm")
        self.is_calm, self.calm_s = True, self.now_s
        self.gateway.end_of_life()

    def blame(self, line: str) -> None:
        """Note something wrong."""
        self.wrong.append(line)
        self.note(f"WRONG {line}")

    def note(self, line: str) -> None:
        """Note what happened, if somebody wants to know."""
        if self.told is not None:
            self.told.append(f"{self.now_s:9.3f} {line}")

    @property
    def now_s(self) -> float:
        """Seconds since the beginning."""
        return (self.scheduler.now_ns - START_NS) / 1e9

    def act(self, batch: list[Record]) -> bool:
        """Have actors handle a batch; tell whether they did."""
        for record in batch:
            socket = self.gateway.sockets[record["attributes"]["MessageGroupId"]]
            socket.acted_on(json.loads(record["body"])["id"])
            if self.told is not None:
                self.note(f"actor takes {record['attributes']['MessageGroupId']} {record['body'][:60]}")

        def work(process: Process) -> None:
            answer = handle({"Records": batch}, process, REGISTRY)
            if answer != {"batchItemFailures": []}:
                self.blame(f"the actor gave messages back: {answer}")

        return self._invoke(self._actors, work, "the actor")

    def invoke_ingress(self, work: Callable[[Process], None]) -> bool:
        """Run `work` in a process of the functions that the gateway invokes; tell whether it ended well."""
        return self._invoke(self._ingress, work, "")

    def posted(self, connection: str, data: bytes) -> None:
        """Note a post."""
        if self.told is not None:
            self.note(f"to {connection}: {data.decode()[:400]}")

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table as they are."""
        return [*self.engine.tables.get(table, {}).values()]

    def undisturbed(self, page_end: str | None = None) -> Environment:
        """Return the deployment as somebody sees it to whom nothing happens."""
        clock = Clock(lambda: self.scheduler.now_ns, lambda _: None, self.random.randbytes)
        store = Store(self.engine, self.objects, clock, HashSigner())
        return replace(self.environment, database=FreshDatabase(store, page_end))

    def _invoke(self, fleet: Fleet, work: Callable[[Process], None], name: str) -> bool:
        try:
            fleet.invoke(work)
        except Killed:
            self.note(f"KILLED {name}")
            self.has_crashed = True
            return False
        except Exception as error:  # noqa: BLE001 - the platform takes any error for a failed invocation
            self.note(f"{name} raised {error!r}")
            if name:
                self.blame(f"{name} raised {error!r}")
            return False
        return True

    def _make_first_documents(self) -> None:
        mark_ready(self.engine)
        clock = Clock(lambda: self.scheduler.now_ns, self.scheduler.wait, self.random.randbytes)
        database = Database(Store(self.engine, self.objects, clock, HashSigner()))
        self.shelves: list[str] = []
        self.notes: list[str] = []

        def first(db: Writer) -> str:
            self.shelves = [db.insert(Project, name=name, owner_id="nobody", updated_at=0.0) for name in "ab"]
            self.notes = [
                db.insert(Conversation, project_id=Id(shelf), title=f"first{number}", updated_at=0.0)
                for number, shelf in enumerate((self.shelves[0], self.shelves[0], self.shelves[1]))
            ]
            return values.dumps(None)

        everything = Access(writes=frozenset(DOCUMENTS.values()))
        database.mutate(everything, first, MutationRequest("setup", "nobody", ""))
        self.engine.catch_up()
        self.scheduler.wait(300)  # so that nobody learns of them by recent changes
        self.engine.tables["commits"].clear()


class Tokens:
    """Believes tokens, which are who / until when (s since the epoch) / which."""

    def __init__(self, world: World) -> None:
        self._world = world

    def verify(self, token: str) -> Identity:
        subject, _, rest = token.partition("/")
        if not rest:
            raise Unauthorized("Signature of the token is wrong")
        until_s = float(rest.partition("/")[0])
        if until_s < self._world.scheduler.now_ns / 1e9:
            raise TokenExpired("Token is expired (exp)")
        return Identity(subject, ISSUER, f"{ISSUER}|{subject}", None, None, None, {}, until_s)


class Log:
    """Takes the lines that functions log, and objects to what nobody should see."""

    def __init__(self, world: World) -> None:
        self._world = world

    def write(self, call: LoggedCall) -> None:
        self._world.note(f"log {call.function} {call.error!r}")
        expected = call.error is None or isinstance(call.error, PolarisError | TransientError)
        if not expected and type(call.error).__module__.startswith("builtins"):
            self._world.blame(f"{call.function} raised {call.error!r}")
