"""One run of the whole app, judged by the invariants I1-I9."""

from __future__ import annotations

import json
import os
import subprocess
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from shared import aws
from shared.archive.deployment import Deployment
from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.archive.layout import MANIFEST
from shared.db.audit import audit
from shared.db.store import Store
from shared.db.survey import documents
from shared.domain.limits import FREE_PROJECTS
from shared.schema.tables import File, Message, Project
from shared.storage import StorageBucket
from tests.archive.sample import entries_of
from tests.e2e.node_suite import CLIENTS
from tests.faults.presets import PRESETS
from tests.faults.server import FaultyServer
from tests.faults.weather import CALM
from tests.isolation.app.effects import Line, doubled_and_lost, history_of, stale_loads
from tests.isolation.listings import stale_listings
from tests.isolation.worker import open_store
from tests.support.dynamodb import create_tables

_PEOPLE = 4
_REGISTERS = 2
_SWEPT_S = 60


@dataclass
class AppVerdict:
    """What is known of a run.

    Attributes:
        acknowledged: how many mutations were answered by a value.
        refused: how many were refused by the app.
        unknown: how many were not answered.
        looks: how many queries were answered.
        changes: how often somebody else signed in on a connection.
        trespasses: how often somebody tried what is another's.
        settled_ms: how long live queries took to come to rest, each client's.
        struck: how often each fault happened.
        violations: what is wrong, by invariant.
    """

    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0
    looks: int = 0
    changes: int = 0
    trespasses: int = 0
    settled_ms: list[float] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"{self.acknowledged} acknowledged, {self.refused} refused, {self.unknown} unknown, {self.looks} looks,"
            f" {self.changes} changes of identity, {self.trespasses} trespasses, settled within"
            f" {max(self.settled_ms, default=0):.0f} ms, {sum(self.struck.values())} faults,"
            f" {sum(map(len, self.violations.values()))} violations"
        )


class Driver:
    """The process of the clients."""

    def __init__(self, server: FaultyServer, seed: int, people: list[dict[str, Any]]) -> None:
        told = {"url": server.url, "seed": seed, "internalKey": server.internal_key, "people": people}
        environment = {**os.environ, "POLARIS_URL": server.url}
        self.lines: list[Line] = []
        self._process: subprocess.Popen[str] = subprocess.Popen(
            ["node", "isolation/driver.mjs", json.dumps(told)],
            cwd=CLIENTS,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read_until("ready")

    def do(self, verb: str) -> None:
        """Let the clients do something, and wait until they have."""
        assert self._process.stdin
        self._process.stdin.write(verb + "\n")
        self._process.stdin.flush()
        self._read_until("done")

    def end(self) -> None:
        """End the clients."""
        self._process.kill()
        self._process.communicate()

    def _read_until(self, name: str) -> None:
        assert self._process.stdout
        for text in self._process.stdout:
            line = json.loads(text)
            self.lines.append(line)
            if name in line:
                return
        raise AssertionError("the driver has ended; what it said is above")


def run_app(server: FaultyServer, faults: str, seed: int, seconds: float) -> AppVerdict:
    """Let 16 clients of a running server call for some seconds under some faults, and judge what came of it."""
    people = [_person(server, f"person-{uuid.uuid4().hex[:8]}") for _ in range(_PEOPLE)]
    before = server.proxy.struck.copy()
    driver = Driver(server, seed, people)
    try:
        server.set(PRESETS[faults], seed)
        driver.do(f"go {seconds}")
        server.set(CALM)
        server.proxy.settle()
        driver.do("settle")
    finally:
        server.set(CALM)
        driver.end()
    verdict = _judged(driver.lines, people, _store_of(server))
    verdict.struck.update({f"{d} {f}": n for (d, f), n in (server.proxy.struck - before).items()})
    return verdict


def _judged(lines: list[Line], people: list[dict[str, Any]], store: Store) -> AppVerdict:
    history = history_of(lines)
    outcomes = Counter(operation.outcome for operation in history if operation.mutates)
    verdict = AppVerdict(outcomes["ok"], outcomes["fail"], outcomes["unknown"])
    verdict.looks = sum(not operation.mutates for operation in history)
    verdict.changes = sum("changed" in line for line in lines)
    verdict.trespasses = sum("trespassed" in line for line in lines)
    verdict.settled_ms = [line["afterMs"] for line in lines if "settled" in line]
    for line in lines:
        if "violation" in line:
            verdict.violations[line["violation"]].append(line["what"])
    for invariant, found in {
        "I1": [*stale_loads(history), *(why for _, why in stale_listings(history))],
        "I2": [*doubled_and_lost(history, _found(store, people))],
        "I6": [*_differences_of_archives(store)],
        "I8": [*_broken_rules(store), *_audited(store)],
    }.items():
        verdict.violations[invariant] += found
    return verdict


def _found(store: Store, people: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the tokens that are in each range in the end."""
    found: dict[str, list[str]] = {}
    for person in people:
        subject, own = person["subject"], (person["projectId"], *person["registers"])
        projects = [row for row in documents(store.engine, Project) if row.owner_id == subject]  # type: ignore[attr-defined]
        found[f"projects {subject}"] = [row.name for row in projects if row.id not in own]  # type: ignore[attr-defined]
        for document, key in ((File, "folder"), (Message, "messages")):
            rows = [row for row in documents(store.engine, document) if row.project_id == person["projectId"]]  # type: ignore[attr-defined]
            found[f"{key} {subject}"] = [row.content for row in rows if row.id not in own]  # type: ignore[attr-defined]
    return found


def _broken_rules(store: Store) -> Iterator[str]:
    for owner, count in Counter(row.owner_id for row in documents(store.engine, Project)).items():  # type: ignore[attr-defined]
        if count > FREE_PROJECTS:
            yield f"{owner} has {count} projects, of {FREE_PROJECTS}"
    names = Counter((row.project_id, row.parent_id, row.name) for row in documents(store.engine, File))  # type: ignore[attr-defined]
    yield from (f"{count} siblings are called {name}" for name, count in names.items() if count > 1)


def _audited(store: Store) -> list[str]:
    """Return what the audit of ranges and references finds, once what is being removed is removed."""
    deadline_s = time.monotonic() + _SWEPT_S
    while (lines := audit(store)) and time.monotonic() < deadline_s:
        time.sleep(2)
    return lines


def _differences_of_archives(store: Store) -> Iterator[str]:
    """Yield what differs between the deployment's archive and that of a new one it was imported into."""
    endpoint = store.door._client.meta.endpoint_url  # type: ignore[attr-defined]  # the real door has a client
    prefix = f"polaris-copy-{uuid.uuid4().hex[:8]}-"
    s3 = aws.client("s3", endpoint=endpoint)
    create_tables(aws.client("dynamodb", repeats=False, endpoint=endpoint), prefix)
    for bucket in (f"{prefix}content", f"{prefix}storage"):
        s3.create_bucket(Bucket=bucket)
    copy = Deployment(
        "copy", open_store(prefix, f"{prefix}content", endpoint=endpoint), StorageBucket(s3, f"{prefix}storage")
    )
    with TemporaryDirectory() as folder:
        first, second = Path(folder, "first.zip"), Path(folder, "second.zip")
        export_archive(Deployment("local", store, StorageBucket(s3, _bucket(s3, "storage"))), first)
        import_archive(copy, first)
        export_archive(copy, second)
        before, after = entries_of(first), entries_of(second)
    for name in sorted((before.keys() | after.keys()) - {MANIFEST}):
        if before.get(name) != after.get(name):
            yield f"{name} is not the same after an export and an import"


def _bucket(s3: Any, role: str) -> str:
    [name] = [b["Name"] for b in s3.list_buckets()["Buckets"] if "local" in b["Name"] and role in b["Name"]]
    return str(name)


def _store_of(server: FaultyServer) -> Store:
    """Return the store of the server's tables, past the proxy."""
    s3 = aws.client("s3", endpoint=server.cloud)
    return open_store("polaris-local-", _bucket(s3, "content"), endpoint=server.cloud)


def _person(server: FaultyServer, subject: str) -> dict[str, Any]:
    """Sign somebody in, with a project, a conversation, and files to write to."""
    token = server.token(subject)

    def call(path: str, **args: Any) -> Any:
        body = json.dumps({"path": path, "args": args, "format": "json"}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(f"{server.url}/api/mutation", body, headers)  # noqa: S310 - the test's own server
        with urlopen(request) as answer:  # noqa: S310
            told = json.load(answer)
        assert told["status"] == "success", told
        return told["value"]

    project = call("projects:create", name="base")
    files = [
        call("files:createFile", projectId=project, name=f"register{number}", content="")
        for number in range(_REGISTERS)
    ]
    conversation = call("conversations:create", projectId=project)
    return {"subject": subject, "projectId": project, "conversationId": conversation, "registers": files}
