"""Records a run: starts workers against a MiniStack behind a proxy of faults, and puts together what they noted."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shared import aws
from shared.db.audit import audit
from shared.db.database import Database, MutationRequest
from shared.db.readiness import marker
from shared.db.store import Store
from shared.schema.document import DOCUMENTS
from shared.schema.platform import COMMITS
from tests.faults.proxy import Proxy, proxied
from tests.faults.weather import Weather
from tests.isolation.crew import CLIENTS, Crew, crew
from tests.isolation.history import SETUP, History, Operation, decode
from tests.isolation.trace import Trace, noted
from tests.isolation.worker import EVERYTHING, Orders, look, open_store
from tests.isolation.workloads import WORKLOADS
from tests.isolation.workloads.workload import Plan
from tests.support.dynamodb import create_tables
from tests.support.ministack import ministack


@dataclass
class Recording:
    """What was recorded in a run.

    Attributes:
        history: all operations.
        plan: what the workload prepared.
        struck: how often each fault happened, by its door and name.
        oddities: what is wrong whatever the order of things: answers that differ, effects that are doubled or lost.
        audit: what differs in the end between the records of indexes and the documents.
    """

    history: History
    plan: Plan
    struck: Counter[str] = field(default_factory=Counter)
    oddities: list[str] = field(default_factory=list)
    audit: list[str] = field(default_factory=list)


class Stage:
    """Where runs take place: a MiniStack, a proxy before it in which things go wrong, and the clients.

    Args:
        endpoint: of the MiniStack.
    """

    def __init__(self, endpoint: str, proxy: Proxy, clients: Crew) -> None:
        self._endpoint, self._proxy, self._clients = endpoint, proxy, clients

    def record(self, workload: str, weather: Weather, seed: int, seconds: float, without: str = "") -> Recording:
        """Let 16 clients work for some seconds, and return what happened.

        Args:
            workload: its name.
            weather: what goes wrong.
            seed: of what is done, and of what goes wrong.
            seconds: how long calls are begun.
            without: the rule of the data layer that is broken, if any.
        """
        prefix = f"polaris-{uuid.uuid4().hex[:12]}-"
        store = _deployed(self._endpoint, prefix)
        plan, setup = _prepared(store, workload)
        orders = Orders(workload, plan, prefix, f"{prefix}content", seed, weather.skew_s, without)
        before = self._proxy.struck.copy()
        with TemporaryDirectory() as folder:
            self._proxy.set(weather, seed)
            struck = self._clients.work(orders, Path(folder), seconds, weather)
            self._proxy.set(Weather(), seed)
            self._proxy.settle()
            lines = [json.loads(line) for file in sorted(Path(folder).iterdir()) for line in _whole_lines(file)]
        if weather.skew_s:
            struck["clocks wrong"] += CLIENTS
        struck.update({f"{door} {fault}": n for (door, fault), n in (self._proxy.struck - before).items()})
        lines += _last_looks(store, workload, plan)
        recording = Recording([setup, *_history(lines)], plan, struck, [*_oddities(lines)])
        _settle(recording, store)
        recording.audit += audit(store)
        return recording


@contextmanager
def stage() -> Iterator[Stage]:
    """Start a MiniStack, a proxy and clients, and end them."""
    with ministack() as endpoint, proxied(endpoint) as proxy, crew(proxy.endpoint) as clients:
        yield Stage(endpoint, proxy, clients)


def _deployed(endpoint: str, prefix: str) -> Store:
    """Make tables and a bucket, and return their store."""
    create_tables(aws.client("dynamodb", endpoint=endpoint), prefix)
    aws.client("s3", endpoint=endpoint).create_bucket(Bucket=f"{prefix}content")
    store = open_store(prefix, f"{prefix}content", endpoint=endpoint)
    for document in DOCUMENTS.values():
        for index in document.indexes:
            if index.guarded or index.unique:
                store.engine.write(marker(index))
    return store


def _prepared(store: Store, workload: str) -> tuple[Plan, Operation]:
    plans: list[Plan] = []

    def body(db: Any) -> str:
        trace = Trace(db, SETUP)
        plans.append(WORKLOADS[workload].prepare(trace))
        return trace.text

    start_ns = time.monotonic_ns()
    note = noted(Database(store).mutate(EVERYTHING, body, MutationRequest("test:prepare", "tester", "")).value)
    assert note
    _, actions, facts = note
    return plans[-1], Operation(SETUP, -1, SETUP, True, start_ns, time.monotonic_ns(), "ok", actions, facts)


def _last_looks(store: Store, workload: str, plan: Plan) -> Iterator[dict[str, Any]]:
    database = Database(store)
    for number, body in enumerate(WORKLOADS[workload].last_looks(plan)):
        yield look(database, f"last.{number}", body) | {"client": -1}


def _whole_lines(file: Path) -> Iterator[str]:
    """Yield the lines of a file but one that its writer was killed at."""
    for line in file.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            yield line


def _history(lines: list[dict[str, Any]]) -> Iterator[Operation]:
    answers = {line["answered"]: line for line in lines if "answered" in line}
    for line in lines:
        if "sent" in line:
            operation = Operation(line["sent"], line["client"], "mutation", True, line["at"])
            yield _answered(operation, answers.get(line["sent"]))
        elif "actions" in line:
            actions = tuple(decode(action) for action in line["actions"])
            name, start_ns, end_ns = line["looked"], line["from"], line["at"]
            yield Operation(name, line["client"], "query", False, start_ns, end_ns, "ok", actions, line["facts"])


def _answered(operation: Operation, answer: dict[str, Any] | None) -> Operation:
    if answer is None or answer["answer"] in ("unknown", "bug"):
        return operation
    if answer["answer"] == "fail":
        return replace(operation, outcome="fail", ended_ns=answer["at"], name=answer["text"])
    note = noted(answer["text"])
    assert note, answer
    return replace(operation, outcome="ok", ended_ns=answer["at"], actions=note[1], facts=note[2])


def _oddities(lines: list[dict[str, Any]]) -> Iterator[str]:
    for line in lines:
        if line.get("differ"):
            yield f"{line['answered']} was sent twice and answered differently"
        if line.get("answer") == "bug":
            yield f"{line['answered']} raised {line['text']}"
        if "bug" in line:
            yield f"{line['looked']} raised {line['bug']}"


def _settle(recording: Recording, store: Store) -> None:
    """Find in the records of commits what became of calls that were not answered, and what happened how often."""
    effects: dict[str, list[Any]] = {}
    for item in _records(store):
        note = noted(_value_of(item, store)) if item["status"] == "ok" and item["documents"] else None
        if note:
            effects.setdefault(note[0], []).append(note)
    for number, operation in enumerate(recording.history):
        notes = effects.get(operation.id, [])
        wrote = any(not hasattr(action, "value") for action in operation.actions)
        if len(notes) > 1:
            recording.oddities.append(f"{operation.id} has {len(notes)} effects")
        if operation.outcome == "fail" and notes:
            recording.oddities.append(f"{operation.id} was told to have failed ({operation.name}), and has an effect")
        if operation.outcome == "ok" and wrote and [note[1] for note in notes] != [operation.actions]:
            recording.oddities.append(f"{operation.id} was acknowledged, and its record says {notes}")
        if operation.outcome == "unknown" and notes:
            recording.history[number] = replace(operation, actions=notes[0][1], facts=notes[0][2])


def _value_of(record: dict[str, Any], store: Store) -> str:
    """Return the recorded value, which is in the bucket if it is large."""
    value = record["value"]
    return value if isinstance(value, str) else (store.objects.get(value["key"]) or b"").decode()


def _records(store: Store) -> Iterator[dict[str, Any]]:
    start = None
    while True:
        page = store.engine.scan(COMMITS, start)
        yield from page.items
        if page.next_key is None:
            return
        start = page.next_key
