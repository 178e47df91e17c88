"""What functions consume on a real DynamoDB engine, as its ConsumedCapacity tells."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared import aws
from shared.db.clock import system_clock
from shared.db.dynamo import DynamoEngine
from shared.db.engine import Check, Condition, Key, TransactionCanceled
from shared.db.rebuild import rebuild
from shared.db.store import Store
from shared.schema.tables import Project
from tests.functions.callers import Client, identity
from tests.runtime.backend import make_environment
from tests.support.dynamodb import create_tables
from tests.support.memory_objects import MemoryObjects
from tests.support.ministack import ministack
from tests.support.stores import HashSigner

FILES = 20
GONE = Condition("_id", "absent")


class MeteredClient:
    """Asks for the consumed capacity of every call and adds it up: calls by operation, units by table and index."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: Counter[str] = Counter()
        self.units: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            answer = getattr(self._client, operation)(**request, ReturnConsumedCapacity="INDEXES")
            with self._lock:
                self._count(operation, answer)
            return answer

        return call

    def _count(self, operation: str, answer: Any) -> None:
        self.calls[operation] += 1
        consumed = answer.get("ConsumedCapacity", [])
        for table in consumed if isinstance(consumed, list) else [consumed]:
            self.units[table["TableName"]] += table["CapacityUnits"]
            for name, index in table.get("GlobalSecondaryIndexes", {}).items():
                self.units[f"{table['TableName']}.{name}"] += index["CapacityUnits"]


@pytest.fixture(scope="module")
def deployment() -> Iterator[tuple[Client, MeteredClient]]:
    with ministack():
        metered = MeteredClient(aws.session().create_client("dynamodb"))
        create_tables(metered._client, "")
        engine = DynamoEngine(metered, lambda name: name.lstrip("_"))
        store = Store(engine, MemoryObjects(), system_clock(os.urandom), HashSigner())
        rebuild(store)
        yield Client(make_environment(store), identity("ada")), metered


@pytest.fixture
def ada(deployment: tuple[Client, MeteredClient]) -> Client:
    return deployment[0]


@pytest.fixture
def meter(deployment: tuple[Client, MeteredClient]) -> MeteredClient:
    return deployment[1]


def test_a_project_by_id_is_one_read(ada: Client, meter: MeteredClient) -> None:
    project = ada.call("projects:create", name="One read")
    meter.calls.clear()
    ada.call("projects:getById", id=project)
    assert meter.calls == {"get_item": 1}


def test_saving_a_file_writes_no_index(ada: Client, meter: MeteredClient) -> None:
    project = ada.call("projects:create", name="Saving")
    file = ada.call("files:createFile", projectId=project, name="main.py", content="x = 1")
    meter.units.clear()
    ada.call("files:updateFile", id=file, content="x = 2")
    assert meter.units["files"] > 0
    assert [name for name in meter.units if "." in name] == []


def test_a_created_file_is_seen_to_write_its_indexes(ada: Client, meter: MeteredClient) -> None:
    project = ada.call("projects:create", name="Creating")
    meter.units.clear()
    ada.call("files:createFile", projectId=project, name="main.py", content="x = 1")
    assert {name for name in meter.units if "." in name} >= {"files.by_project", "files.by_project_parent"}


def test_listing_a_folder_of_twenty_is_four_calls(ada: Client, meter: MeteredClient) -> None:
    project = ada.call("projects:create", name="Listing")
    for number in range(FILES):
        ada.call("files:createFile", projectId=project, name=f"file{number}", content="x")
    meter.calls.clear()
    assert len(ada.call("files:getFolderContents", projectId=project)) == FILES
    assert meter.calls == {"get_item": 1, "query": 2, "batch_get_item": 1}


def test_what_only_has_to_hold_is_read_in_a_transaction(ada: Client, meter: MeteredClient) -> None:
    project = ada.call("projects:create", name="Uploading")
    meter.calls.clear()
    ada.call("files:generateUploadUrl", projectId=project)
    assert meter.calls == {"get_item": 1, "transact_get_items": 1}


def test_what_does_not_hold_in_one_is_told(ada: Client) -> None:
    key = Key(Project.table(), ada.call("projects:create", name="Checked"))
    engine = ada.environment.database.store.door
    engine.transact([Check(key, (Condition("name", "equals", "Checked"), Condition("ownerId", "less", "b")))], "1")
    with pytest.raises(TransactionCanceled) as canceled:
        engine.transact(
            [Check(key, (Condition("name", "absent"),)), Check(Key(Project.table(), "none"), (GONE,))], "2"
        )
    assert [reason.code for reason in canceled.value.reasons] == ["condition", "none"]
