"""`python -m tests.isolation.worker`: a process of some clients, each with a store of its own, as a Lambda has.

It says when it is ready; each line of its input is a JSON object, an `Orders`, and it says when it has done it. What
it notes goes to a file, a line when a call is sent and one when it is answered, so that something is known of those
that are killed.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws
from shared.db.access import Access
from shared.db.aws import BucketObjects
from shared.db.clock import Clock
from shared.db.database import Database, MutationRequest
from shared.db.dynamo import DynamoEngine
from shared.db.engine import Engine
from shared.db.store import Store
from shared.errors import (
    ApplicationError,
    MutationTimedOut,
    OptimisticConcurrencyControlFailure,
    OutcomeUnknown,
    PolarisError,
)
from shared.schema.document import DOCUMENTS
from tests.isolation.history import encode
from tests.isolation.trace import Trace, noted
from tests.isolation.workloads import WORKLOADS
from tests.isolation.workloads.workload import Body, Plan
from tests.support.stores import HashSigner

EVERYTHING: Final = Access(writes=frozenset(DOCUMENTS.values()))
_LOOKS: Final = 0.25
"""The part of calls that are queries."""
_KEYED: Final = 0.6
"""The part of mutations that are sent with a key."""
_TWICE: Final = 0.15
"""The part of those that are sent twice at once."""
_SENDINGS: Final = 3
_FINAL: Final = {MutationTimedOut.code, OptimisticConcurrencyControlFailure.code}
"""Failures that are recorded, so that whoever sends the same again is told the same."""

Answer = dict[str, Any]
"""What a sending was told: `answer` (ok, fail, unknown, or bug), `text`, and when."""


@dataclass(frozen=True)
class Orders:
    """What a worker is told.

    Attributes:
        workload: its name.
        plan: what the workload prepared.
        prefix: of the tables' names.
        bucket: of large fields.
        seed: of what they do.
        skew_s: how far clocks are off at most.
        without: the rule of the data layer that is broken at the door, by its name, or nothing.
        clients: their numbers.
        life: how many processes were these clients before.
        notes: the file to write to.
        until_ns: when to stop, on the machine's monotonic clock.
    """

    workload: str
    plan: Plan
    prefix: str
    bucket: str
    seed: int
    skew_s: float
    without: str
    clients: list[int] = field(default_factory=list)
    life: int = 0
    notes: str = ""
    until_ns: int = 0

    def text(self) -> str:
        """Return them as a line of JSON."""
        return json.dumps(asdict(self))


def open_store(
    prefix: str, bucket: str, skew_s: float = 0.0, without: str = "", endpoint: str | None = None
) -> Store:
    """Return a store with a clock of its own, of the environment's DynamoDB and S3 unless an endpoint is given."""
    client = aws.client("dynamodb", repeats=False, endpoint=endpoint)
    engine: Engine = DynamoEngine(client, lambda table: prefix + table.lstrip("_"))
    if without:
        engine = broken(engine, without)
    clock = Clock(lambda: time.time_ns() + int(skew_s * 1e9), time.sleep, os.urandom)
    return Store(engine, BucketObjects(partial(aws.client, "s3", endpoint=endpoint), bucket), clock, HashSigner())


def broken(engine: Engine, without: str) -> Engine:
    """Return a door to the same database at which a rule of the data layer is lost."""
    from tests.db.model.breakages import BREAKAGES  # noqa: PLC0415 - workers that break nothing start without it
    from tests.support.memory_engine import MemoryEngine  # noqa: PLC0415

    [breakage] = [breakage for breakage in BREAKAGES if breakage.name == without]
    return breakage.door(engine, MemoryEngine(), random.Random())


class Notes:
    """What happened, a line at a time."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()

    def write(self, **line: Any) -> None:
        """Write a line down at once."""
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()


class Client:
    """Calls one thing after the other."""

    def __init__(self, orders: Orders, number: int, notes: Notes) -> None:
        self._orders, self._number, self._notes = orders, number, notes
        self._dice = random.Random(f"{orders.seed}/{number}/{orders.life}")
        self._workload = WORKLOADS[orders.workload]
        self._databases = [Database(self._store()) for _ in range(2)]

    def run(self) -> None:
        """Call until the time has come."""
        count = 0
        while time.monotonic_ns() < self._orders.until_ns:
            count += 1
            name = f"{self._number}.{self._orders.life}.{count}"
            if self._dice.random() < _LOOKS:
                self._look(name)
            else:
                self._mutate(name)

    def _store(self) -> Store:
        skew_s = self._dice.uniform(-1, 1) * self._orders.skew_s
        return open_store(self._orders.prefix, self._orders.bucket, skew_s, self._orders.without)

    def _look(self, name: str) -> None:
        body = self._workload.look(self._dice, self._orders.plan)
        line = look(self._databases[0], name, body)
        self._notes.write(**line, client=self._number)

    def _mutate(self, name: str) -> None:
        body = self._workload.step(self._dice, self._orders.plan)
        key = f"test/{name}" if self._dice.random() < _KEYED else None
        is_twice = key is not None and self._dice.random() < _TWICE
        self._notes.write(sent=name, client=self._number, at=time.monotonic_ns())
        sendings: list[Callable[[], Answer]] = [
            partial(send, database, name, key, body) for database in self._databases[: 1 + is_twice]
        ]
        with ThreadPoolExecutor(2) as pool:
            answers = [future.result() for future in [pool.submit(sending) for sending in sendings]]
        while key is not None and len(answers) < _SENDINGS and _told(answers)["answer"] == "unknown":
            answers.append(sendings[0]())
        self._notes.write(answered=name, **_told(answers), differ=_differ(answers))


def _told(answers: list[Answer]) -> Answer:
    """Return what the caller knows after some sendings: what happened, if any says so, or else what is uncertain."""
    return min(answers, key=lambda answer: (("bug", "ok", "unknown", "fail").index(answer["answer"]), answer["at"]))


def _differ(answers: list[Answer]) -> bool:
    """Tell whether sendings of one key were told different things, besides that the database is out of reach."""
    final = {answer["text"] for answer in answers if answer["answer"] == "ok" or answer.get("text") in _FINAL}
    return len(final) > 1


def send(database: Database, name: str, key: str | None, body: Body) -> Answer:
    """Send a mutation once, and return what was told and when."""

    def traced(db: Any) -> str:
        trace = Trace(db, name)
        body(trace)
        return trace.text

    request = MutationRequest("test:step", "tester", "", key)
    told: Answer
    try:
        told = {"answer": "ok", "text": database.mutate(EVERYTHING, traced, request).value}
    except ApplicationError as refused:
        told = {"answer": "ok" if noted(refused.message) else "bug", "text": refused.message}
    except OutcomeUnknown:
        told = {"answer": "unknown"}
    except PolarisError as error:
        told = {"answer": "fail", "text": error.code}
    except (BotoCoreError, ClientError) as error:  # told to callers as a "Server Error", which has no effect either
        told = {"answer": "fail", "text": str(error)}
    except Exception:  # noqa: BLE001 - whatever it is, it is noted and found to be wrong
        told = {"answer": "bug", "text": traceback.format_exc(limit=-3)}
    return told | {"at": time.monotonic_ns()}


def look(database: Database, name: str, body: Body) -> dict[str, Any]:
    """Run a query, and return what it saw and when."""
    start_ns = time.monotonic_ns()
    line: dict[str, Any] = {"looked": name, "from": start_ns}
    try:
        trace = database.query(EVERYTHING, lambda reader: _traced(reader, name, body))
        line |= {"actions": [encode(action) for action in trace.actions], "facts": trace.facts}
    except (PolarisError, BotoCoreError, ClientError) as error:
        line |= {"failed": str(error)}
    except Exception:  # noqa: BLE001 - whatever it is, it is noted and found to be wrong
        line |= {"bug": traceback.format_exc(limit=-3)}
    return line | {"at": time.monotonic_ns()}


def _traced(reader: Any, name: str, body: Body) -> Trace:
    trace = Trace(reader, name)
    body(trace)
    return trace


def work(orders: Orders) -> None:
    """Let all clients work at once."""
    with Path(orders.notes).open("a") as file, ThreadPoolExecutor(len(orders.clients)) as pool:
        notes = Notes(file)
        clients = [Client(orders, number, notes) for number in orders.clients]
        for future in [pool.submit(client.run) for client in clients]:
            future.result()


def main() -> None:
    """Work as ordered."""
    print("ready", flush=True)
    for line in sys.stdin:
        work(Orders(**json.loads(line)))
        print("done", flush=True)


if __name__ == "__main__":
    main()
