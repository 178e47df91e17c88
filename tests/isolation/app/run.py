"""One run of the whole app, judged by the invariants I1-I9."""

from __future__ import annotations

import os
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from unittest.mock import patch

from shared import aws
from shared.archive.deployment import Deployment
from shared.db.audit import audit
from shared.db.store import Store
from shared.db.survey import documents
from shared.domain.limits import FREE_PROJECTS
from shared.schema.tables import File, Message, Project
from shared.storage import StorageBucket
from tests.faults.presets import PRESETS
from tests.faults.processes import workers
from tests.faults.server import FaultyServer
from tests.faults.weather import CALM
from tests.isolation.app.archives import differences
from tests.isolation.app.driver import Driver, person
from tests.isolation.app.effects import Line, doubled_and_lost, history_of, stale_loads
from tests.isolation.listings import stale_listings
from tests.isolation.verdict import Verdict
from tests.isolation.worker import open_store

_PEOPLE: Final = 8
_NOBODY: Final = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
_SWEPT_S: Final = 60
"""How long the contents of what was deleted may take to be removed."""


def run_app(server: FaultyServer, faults: str, seed: int, seconds: float) -> Verdict:
    """Let 16 clients of a running server call for some seconds under some faults, and judge what came of it."""
    people = [person(server, f"person-{uuid.uuid4().hex[:8]}") for _ in range(_PEOPLE)]
    before = server.proxy.struck.copy()
    driver = Driver(server, seed, people)
    try:
        server.set(PRESETS[faults], seed)
        driver.do(f"go {seconds}")
        wrong = len(workers(server.ministack)) if PRESETS[faults].skew_s else 0
        server.set(CALM)
        server.proxy.settle()
        driver.do("settle")
    finally:
        server.set(CALM)
        driver.end()
    with patch.dict(os.environ, _NOBODY):
        verdict = _judged(driver.lines, people, _deployment_of(server), server.cloud)
    verdict.struck.update({f"{d} {f}": n for (d, f), n in (server.proxy.struck - before).items()})
    verdict.struck["frames lost"] += sum("lost" in line for line in driver.lines)
    verdict.struck["clocks wrong"] += wrong
    return verdict


def _judged(lines: list[Line], people: list[dict[str, Any]], deployment: Deployment, endpoint: str) -> Verdict:
    history, store = history_of(lines), deployment.store
    outcomes = Counter(operation.outcome for operation in history if operation.mutates)
    looks = sum(not operation.mutates for operation in history)
    verdict = Verdict(outcomes["ok"], outcomes["fail"], outcomes["unknown"], looks)
    verdict.changes = sum("changed" in line for line in lines)
    verdict.trespasses = sum("trespassed" in line for line in lines)
    verdict.settled_ms = [line["afterMs"] for line in lines if "settled" in line]
    for line in lines:
        verdict.blame(line.get("violation", ""), [line["what"]] if "violation" in line else [])
    verdict.blame("I1", stale_loads(history))
    verdict.blame("I1", (why for _, why in stale_listings(history)))
    verdict.blame("I2", doubled_and_lost(history, _found(store, people)))
    verdict.blame("I8", _broken_rules(store))
    verdict.blame("I8", _audited(store))
    verdict.blame("I6", differences(deployment, endpoint))
    return verdict


def _found(store: Store, people: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the tokens that are in each range in the end."""
    projects, files = _rows(store, Project), _rows(store, File)
    messages = _rows(store, Message)
    found: dict[str, list[str]] = {}
    for one in people:
        subject, project, registers = one["subject"], one["projectId"], one["registers"]
        mine = [row for row in projects if row.owner_id == subject and row.id != project]
        found[f"projects {subject}"] = [row.name for row in mine]
        own = [row for row in files if row.project_id == project and row.type == "file" and row.id not in registers]
        found[f"folder {subject}"] = [row.content for row in own]
        found[f"messages {subject}"] = [row.content for row in messages if row.project_id == project]
    return found


def _rows(store: Store, document: type[Any]) -> list[Any]:
    return [*documents(store.engine, document)]


def _broken_rules(store: Store) -> Iterator[str]:
    for owner, count in Counter(row.owner_id for row in _rows(store, Project)).items():
        if count > FREE_PROJECTS:
            yield f"{owner} has {count} projects, of {FREE_PROJECTS}"
    names = Counter((row.project_id, row.parent_id, row.name) for row in _rows(store, File))
    yield from (f"{count} siblings are called {name}" for name, count in names.items() if count > 1)


def _audited(store: Store) -> list[str]:
    """Return what the audit of ranges and references finds, once what is being removed is removed."""
    deadline_s = time.monotonic() + _SWEPT_S
    while (lines := audit(store)) and time.monotonic() < deadline_s:
        time.sleep(2)
    return lines


def _deployment_of(server: FaultyServer) -> Deployment:
    """Return the data of the server, past the proxy."""
    s3 = aws.client("s3", endpoint=server.cloud)
    names = [str(bucket["Name"]) for bucket in s3.list_buckets()["Buckets"]]
    [content] = [name for name in names if "local" in name and "content" in name]
    [storage] = [name for name in names if "local" in name and "storage" in name]
    store = open_store("polaris-local-", content, endpoint=server.cloud)
    return Deployment("local", store, StorageBucket(s3, storage))
