"""Deleting a project with 5,000 files: out of reach at once, in bounded steps, and nothing is left of it anywhere.

python -m pytest tests/jobs/test_large_deletion.py -s      prints what it took
"""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import pytest

from functions.system.deletions import delete_project_batch
from functions.workflows.collection import collect
from shared import values
from shared.db.access import Access
from shared.db.audit import audit
from shared.db.database import MutationRequest
from shared.db.engine import Item, Key, Operation, Page, Query
from shared.db.outcome import KEPT_WITH_KEY_S
from shared.db.writer import Writer
from shared.domain.project_deletion import BATCH_MS
from shared.domain.sweep import RESERVED_MS
from shared.jobs.scratch import Scratch
from shared.runtime.environment import use
from shared.schema.document import DOCUMENTS, Document
from shared.schema.tables import Conversation, File, GenerationEvent, Job, Message, StoredFile
from shared.storage import StoredObject
from tests.functions.callers import Client
from tests.runtime.backend import LAMBDA
from tests.support.backend import Backend
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects


class Size(NamedTuple):
    """What is in a project; of its `files`, some are folders, some binary, and some so large that they spill."""

    files: int
    folders: int
    binary: int
    spilled: int
    messages: int
    events: int


LARGE = Size(files=5_000, folders=200, binary=250, spilled=150, messages=600, events=400)
SMALLER = Size(files=500, folders=40, binary=40, spilled=10, messages=150, events=100)
CONVERSATIONS, JOBS, UPLOADS = 5, 30, 10
CALL_S, TRANSACTION_S = 0.005, 0.04
"""About what DynamoDB takes for a call and for a large transaction."""

MOST_TRANSACTIONS = BATCH_MS / 1000 / TRANSACTION_S + 1
MOST_MEMORY_MB = 32
SHORT, LONG = (
    SimpleNamespace(aws_request_id="0", get_remaining_time_in_millis=lambda left_ms=left_ms: left_ms)
    for left_ms in (1000 + RESERVED_MS + 1000, 90_000)
)
EXPIRING = {"commits", "changes"}
OF_THE_OWNER = {"users"}

T = TypeVar("T")
Inserts = list[tuple[type[Document], dict[str, Any]]]


class Killed(BaseException):
    """The process is gone."""


class Watched(MemoryEngine):
    """A database whose calls take time and are counted, and during one of which the caller may be killed.

    Attributes:
        transactions: how many there were since they were last counted.
        kill_at: how many calls from now the caller is killed, before or after it has taken effect.
    """

    sleep: Callable[[float], None] = staticmethod(lambda _: None)
    dice = random.Random(0)
    transactions = 0
    kill_at = -1

    def get(self, key: Key) -> Item | None:
        return self._called(lambda: super(Watched, self).get(key))

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        return self._called(lambda: super(Watched, self).batch_get(keys))

    def query(self, query: Query) -> Page:
        return self._called(lambda: super(Watched, self).query(query))

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self.transactions += 1
        self._called(lambda: super(Watched, self).transact(operations, token), TRANSACTION_S)
        self._applied.clear()  # what DynamoDB remembers is not the memory of a Lambda

    def _called(self, call: Callable[[], T], takes_s: float = CALL_S) -> T:
        self.sleep(takes_s)
        self.kill_at -= 1
        if self.kill_at == 0 and self.dice.random() < 0.5:
            raise Killed
        answer = call()
        if self.kill_at == 0:
            raise Killed
        return answer


@pytest.fixture
def backend() -> Iterator[Backend]:
    engine = Watched()
    backend = Backend(engine)
    with use(backend.environment):
        yield backend


@pytest.fixture
def ada(backend: Backend) -> Client:
    return backend.as_user("ada")


@pytest.fixture
def project(ada: Client, backend: Backend) -> str:
    """A project of ada's with 5,000 files, conversations, events and jobs."""
    id_: str = ada.call("projects:create", name="large")
    fill(backend, id_, LARGE)
    return id_


def fill(backend: Backend, project: str, size: Size) -> None:
    """Put files, conversations, events and jobs into a project; folders stand in others, some levels deep."""
    common = {"project_id": project, "updated_at": 1.0}
    folders: list[str | None] = [None]
    for start in range(0, size.folders, 20):
        parents = [folders[max(number - 19, 0) // 3] for number in range(start, min(start + 20, size.folders))]
        folders += insert(
            backend,
            [
                (File, {**common, "parent_id": parent, "name": f"d{start + number}", "type": "folder"})
                for number, parent in enumerate(parents)
            ],
        )
    stored = insert_objects(backend, size.binary + UPLOADS, attached=size.binary)
    files: Inserts = []
    for number in range(size.files - size.folders):
        content: dict[str, Any] = {"content": "export {}\n" * (2000 if number < size.spilled else 3)}
        held = number - size.spilled
        if 0 <= held < size.binary:
            content = {"storage_id": stored[held]}
        place = {
            "parent_id": folders[number * len(folders) // (size.files - size.folders)],
            "name": f"f{number}",
            "type": "file",
        }
        files.append((File, common | place | content))
    insert(backend, files)
    talk(backend, project, size)


def talk(backend: Backend, project: str, size: Size) -> None:
    conversations = insert(
        backend, [(Conversation, {"project_id": project, "title": "t", "updated_at": 1.0})] * CONVERSATIONS
    )
    said = {"project_id": project, "role": "user"}
    messages: Inserts = []
    for number in range(size.messages):
        place = {"conversation_id": conversations[number % CONVERSATIONS], "content": "word " * (number % 5 * 1200)}
        messages.append((Message, said | place))
    insert(backend, messages)
    event = {"project_id": project, "type": "step", "message": "Wrote a file"}
    insert(backend, [(GenerationEvent, {**event, "created_at": float(number)}) for number in range(size.events)])
    job = {"kind": "export-to-github", "project_id": project, "owner_id": "ada", "started_at": 1.0, "ends_by": 2.0}
    insert(backend, [(Job, {**job, "job_id": f"job{number}", "status": "completed"}) for number in range(JOBS)])
    backend.internal().call("system:claimJob", projectId=project, kind="import-github-repo", jobId="running")
    backend.internal().call(
        "system:beginAssistantTurn", conversationId=conversations[0], ownerId="ada", content="Hello"
    )
    for name in ("job1", "running"):
        Scratch(backend.store.objects, name).put("tree", [])


def insert(backend: Backend, documents: Inserts) -> list[str]:
    """Insert documents, some at a time, and return their ids."""
    access, request = Access(writes=frozenset(DOCUMENTS.values())), MutationRequest("test:insert", "internal", "")
    ids: list[str] = []
    for start in range(0, len(documents), 20):
        batch = documents[start : start + 20]

        def write(db: Writer, batch: Inserts = batch) -> str:
            return values.dumps([db.insert(document, **fields) for document, fields in batch])

        ids += values.loads(backend.environment.database.mutate(access, write, request).value)
    return ids


def insert_objects(backend: Backend, count: int, attached: int) -> list[str]:
    empty = StoredObject(0, "image/png", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    uuids = [str(UUID(int=number)) for number in range(count)]
    for uuid in uuids:
        backend.environment.storage.put(uuid, b"", empty)
    common = {"sha256": empty.sha256, "size": 0, "uploaded_by": "ada"}
    return insert(
        backend,
        [(StoredFile, {**common, "uuid": uuid, "attachments": int(n < attached)}) for n, uuid in enumerate(uuids)],
    )


def watched(backend: Backend) -> Watched:
    assert isinstance(backend.store.door, Watched)
    backend.store.door.sleep = backend.store.clock.sleep
    return backend.store.door


def batches(project: str, context: Any = LAMBDA) -> Iterator[dict[str, Any]]:
    """Call for batches as the state machine does, until one is done."""
    given = {"projectId": project}
    while True:
        answer = delete_project_batch({"args": given}, context)
        yield answer
        if answer["done"]:
            return
        given = {"projectId": project, "cursor": answer["cursor"]}


def collected(backend: Backend) -> dict[str, Any]:
    """Collect all that is old enough, and return the last answer."""
    progress: dict[str, Any] = {"done": False}
    while not progress["done"]:
        progress = collect(progress, LONG)
    return progress


def left(backend: Backend) -> dict[str, int]:
    """Count the rows and objects that are left, besides what expires and what is the owner's."""
    tables = watched(backend).tables
    rows = {name: len(found) for name, found in tables.items() if name not in EXPIRING | OF_THE_OWNER}
    rows["ranges"] = sum(row["range"].startswith("files.") for row in backend.rows("ranges"))
    rows["claims"] = sum(not row["key"].startswith("users.") for row in backend.rows("claims"))
    objects = backend.store.objects
    assert isinstance(objects, MemoryObjects)
    rows |= {"large fields": len(objects.bodies), "binary files": len(backend.s3.objects)}
    return {name: count for name, count in rows.items() if count}


def test_a_project_of_5000_files_goes_in_bounded_steps_and_leaves_nothing(
    backend: Backend, ada: Client, project: str
) -> None:
    engine, before = watched(backend), left(backend)
    clock = backend.store.clock
    began_ms = clock.now_ms()
    ada.call("projects:deleteProject", id=project)
    assert clock.now_ms() - began_ms < 500
    assert ada.call("projects:get") == []
    took: list[tuple[int, float]] = []
    engine.transactions, since_ms, removed = 0, clock.now_ms(), 0
    for answer in batches(project):
        took.append((engine.transactions, clock.now_ms() - since_ms))
        removed += int(answer["files"] + answer["rows"])
        tracemalloc.start()  # with the second batch, since it makes everything slow
        engine.transactions, since_ms = 0, clock.now_ms()
    memory_mb = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    after = left(backend)
    clock.sleep(KEPT_WITH_KEY_S)
    gathered = collected(backend)
    print(
        f"\nbefore: {before}\n{len(took)} batches, {sum(count for count, _ in took)} transactions, at most"
        f" {max(count for count, _ in took)} and {max(ms for _, ms in took) / 1000:.1f} s in a batch,"
        f" {memory_mb:.0f} MB at most; {removed} rows removed\nafter: {after}\ncollected: {gathered}"
        f"\nleft: {left(backend)}"
    )
    assert len(took) > 1, "the batches should be bounded by their time"
    assert max(count for count, _ in took) <= MOST_TRANSACTIONS
    assert max(ms for _, ms in took) < BATCH_MS + 1000
    assert memory_mb < MOST_MEMORY_MB
    assert after.keys() == {"_storage", "claims", "ranges", "large fields", "binary files"}
    assert after["_storage"] == after["binary files"] == UPLOADS
    assert left(backend) == {}
    assert audit(backend.store) == []


def test_a_deletion_that_is_killed_anywhere_goes_on_and_leaves_nothing(backend: Backend, ada: Client) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    project = ada.call("projects:create", name="large")
    fill(backend, project, SMALLER)
    engine, kills = watched(backend), 0
    engine.dice = random.Random(seed)
    ada.call("projects:deleteProject", id=project)
    is_done = False
    while not is_done:
        engine.kill_at = engine.dice.randint(1, 60)
        try:
            [*_, last] = batches(project)
            is_done = last["done"]
        except Killed:
            kills += 1
            assert ada.call("projects:get") == []
    engine.kill_at = -1
    print(f"killed {kills} times")
    assert kills > 3
    assert {*left(backend)} == {"_storage", "claims", "ranges", "large fields", "binary files"}
    backend.store.clock.sleep(KEPT_WITH_KEY_S)
    collected(backend)
    assert left(backend) == {}
    assert audit(backend.store) == []


def test_batches_with_next_to_no_time_get_on_among_many_empty_folders(backend: Backend, ada: Client) -> None:
    project, parent = ada.call("projects:create", name="deep"), None
    for _ in range(12):
        common = {"project_id": project, "updated_at": 1.0, "parent_id": parent, "type": "folder"}
        *_, parent = insert(backend, [(File, {**common, "name": f"d{number}"}) for number in range(30)])
    watched(backend)
    ada.call("projects:deleteProject", id=project)
    counts = [len(backend.rows("files"))]
    for _ in batches(project, SHORT):
        counts.append(len(backend.rows("files")))
        assert counts[-1] < counts[-2] or not counts[-1], counts
    print(f"left after each batch: {counts}")
    assert counts[-1] == 0
