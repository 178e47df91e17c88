"""Collecting what nothing refers to: all of it, a day later, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from functions.workflows.collection import collect
from shared.db.audit import audit
from shared.db.engine import Delete, Key, Operation
from shared.db.outcome import KEPT_WITH_KEY_S
from shared.db.readiness import marker
from shared.domain.jobs import GRACE_S, LIMIT_S
from shared.errors import IndexNotReady, NotFound, Overloaded
from shared.jobs.collection import collect_page
from shared.jobs.scratch import Scratch
from shared.runtime.environment import use
from shared.schema.platform import COMMITS, RANGES
from shared.schema.tables import StoredFile
from tests.functions.callers import Client
from tests.functions.state import stored
from tests.runtime.backend import LAMBDA, make_environment
from tests.support.backend import Backend
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects

DAY_S = 24 * 3600
LARGE = "large " * 5000
SHORT, LONG = (
    SimpleNamespace(
        aws_request_id=LAMBDA.aws_request_id, get_remaining_time_in_millis=lambda left_ms=left_ms: left_ms
    )
    for left_ms in (20_000, 90_000)
)
"""Calls that have time for a page only, and for many."""


class Interrupting(MemoryEngine):
    """A database before whose next transaction, or write, something else happens, once."""

    before: Callable[[], Any] | None = None

    before_write: Callable[[], Any] | None = None

    def write(self, operation: Operation) -> None:
        before, self.before_write = self.before_write, None
        if before is not None:
            before()
        super().write(operation)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        before, self.before = self.before, None
        if before is not None:
            before()
        super().transact(operations, token)


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend(Interrupting())
    with use(backend.environment):
        yield backend


@pytest.fixture
def ada(backend: Backend) -> Client:
    return backend.as_user("ada")


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


def upload(backend: Backend, ada: Client, project: str) -> str:
    """Upload an object and return its storage id."""
    url = ada.call("files:generateUploadUrl", projectId=project)
    id_: str = backend.post(url, b"\x89PNG")[1]["storageId"]
    return id_


def removed(context: Any = LONG, begin: dict[str, Any] | None = None) -> tuple[int, int]:
    """Collect until it is done, and return how many rows and objects were removed."""
    progress = collect(begin or {}, context)
    while not progress["done"]:
        progress = collect(progress, context)
    return progress["rows"], progress["objects"]


def fields(backend: Backend) -> dict[str, bytes]:
    objects = backend.store.objects
    assert isinstance(objects, MemoryObjects)
    return objects.bodies


def scratch(backend: Backend, job_id: str) -> None:
    Scratch(backend.store.objects, job_id).put("tree", [])


def test_an_upload_that_no_file_refers_to_is_removed_after_a_day(backend: Backend, ada: Client, project: str) -> None:
    upload(backend, ada, project)
    ada.wait(DAY_S - 60)
    assert removed() == (0, 0)
    ada.wait(120)
    assert removed() == (1, 1)
    assert (backend.rows("_storage"), backend.s3.objects) == ([], {})


def test_an_upload_whose_bytes_never_came_is_removed_as_well(backend: Backend, ada: Client, project: str) -> None:
    upload(backend, ada, project)
    backend.s3.objects.clear()
    ada.wait(DAY_S + 60)
    removed()
    assert backend.rows("_storage") == []


def test_an_upload_that_was_collected_cannot_be_attached(backend: Backend, ada: Client, project: str) -> None:
    id_ = upload(backend, ada, project)
    ada.wait(DAY_S + 60)
    removed()
    with pytest.raises(NotFound):
        ada.call("files:uploadFile", projectId=project, name="a.png", storageId=id_)


def test_what_files_refer_to_is_kept_for_ever(backend: Backend, ada: Client, project: str) -> None:
    storage_id = upload(backend, ada, project)
    ada.call("files:uploadFile", projectId=project, name="a.png", storageId=storage_id)
    ada.call("files:createFile", projectId=project, name="a.txt", content=LARGE)
    ada.wait(1000 * DAY_S)
    before = stored(backend)
    assert removed() == (0, 0)
    assert stored(backend) == before


def test_an_upload_attached_while_it_is_collected_is_kept(backend: Backend, ada: Client, project: str) -> None:
    storage_id = upload(backend, ada, project)
    ada.wait(DAY_S + 60)
    engine = backend.store.door
    assert isinstance(engine, Interrupting)
    place = {"projectId": project, "name": "a.png", "storageId": storage_id}
    engine.before = lambda: ada.call("files:uploadFile", **place)
    assert removed() == (0, 0)
    assert len(backend.s3.objects) == len(backend.rows("_storage")) == 1


def test_an_object_whose_row_is_gone_is_removed_after_a_day(backend: Backend, ada: Client, project: str) -> None:
    storage_id = upload(backend, ada, project)
    file = ada.call("files:uploadFile", projectId=project, name="a.png", storageId=storage_id)
    left = dict(backend.s3.objects)
    ada.call("files:deleteFile", id=file)
    backend.s3.objects |= left
    assert removed() == (0, 0)
    ada.wait(DAY_S + 60)
    assert removed()[1] == 1
    assert backend.s3.objects == {}


def test_an_object_that_could_not_be_removed_is_removed_later(backend: Backend, ada: Client, project: str) -> None:
    upload(backend, ada, project)
    ada.wait(DAY_S + 60)
    backend.s3.is_down = True
    with pytest.raises(Overloaded):
        collect({}, LONG)
    assert backend.rows("_storage") == []
    backend.s3.is_down = False
    assert removed() == (0, 1)
    assert backend.s3.objects == {}


def test_large_texts_that_were_replaced_are_removed_after_a_day(backend: Backend, ada: Client, project: str) -> None:
    file = ada.call("files:createFile", projectId=project, name="a.txt", content=LARGE)
    ada.call("files:updateFile", id=file, content=LARGE + "new")
    ada.wait(DAY_S - 60)
    assert removed() == (0, 0)
    ada.wait(120)
    assert removed() == (0, 1)
    assert ada.call("files:getFile", id=file)["content"] == LARGE + "new"


def test_large_texts_of_deleted_files_are_removed(backend: Backend, ada: Client, project: str) -> None:
    file = ada.call("files:createFile", projectId=project, name="a.txt", content=LARGE)
    ada.call("files:deleteFile", id=file)
    ada.wait(DAY_S + 60)
    assert removed()[1] == 1
    assert fields(backend) == {}


def test_what_a_mutation_has_written_but_not_yet_committed_is_kept(
    backend: Backend, ada: Client, project: str
) -> None:
    ada.wait(DAY_S + 60)
    engine = backend.store.door
    assert isinstance(engine, Interrupting)
    engine.before = removed
    file = ada.call("files:createFile", projectId=project, name="a.txt", content=LARGE)
    assert ada.call("files:getFile", id=file)["content"] == LARGE


def test_calls_of_tools_that_were_replaced_are_removed(backend: Backend, ada: Client, project: str) -> None:
    server = backend.internal()
    conversation = ada.call("conversations:create", projectId=project)
    turn = server.call(
        "system:beginAssistantTurn", conversationId=conversation, ownerId="ada", content="Hello", policy="replace"
    )
    for number in range(3):
        call = {"id": str(number), "name": "write", "args": {"text": LARGE}}
        server.call("system:appendToolCall", messageId=turn["messageId"], toolCall=call)
    assert len(fields(backend)) == 3
    ada.wait(DAY_S + 60)
    assert removed() == (0, 2)
    assert len(server.call("system:getMessageById", messageId=turn["messageId"])["toolCalls"]) == 3


def test_large_results_are_kept_for_as_long_as_they_can_be_asked_for_again(backend: Backend, ada: Client) -> None:
    backend.store.content.spill(COMMITS, "a commit", "value", b"large", is_json=False)
    ada.wait(KEPT_WITH_KEY_S + DAY_S)
    assert removed() == (0, 0)
    ada.wait(7 * DAY_S)
    assert removed() == (0, 1)


def test_what_steps_handed_over_is_removed_a_day_after_its_job(backend: Backend, ada: Client, project: str) -> None:
    server = backend.internal()
    server.call("system:claimJob", projectId=project, kind="import-github-repo", jobId="running")
    scratch(backend, "running")
    scratch(backend, "unheard of")
    ada.wait(DAY_S + 60)
    scratch(backend, "young")
    assert removed() == (0, 1)
    assert [*fields(backend)] == ["jobs/running/tree", "jobs/young/tree"]
    assert LIMIT_S["import-github-repo"] + GRACE_S < DAY_S
    server.call("system:reapStaleJobs")
    removed()
    assert [*fields(backend)] == ["jobs/young/tree"]


def test_objects_that_nobody_here_has_written_are_left_alone(backend: Backend, ada: Client) -> None:
    backend.store.objects.put("backups/of/somebody", b"precious")
    backend.store.objects.put("users/not/spilled/like/this", b"precious")
    ada.wait(1000 * DAY_S)
    removed()
    assert "backups/of/somebody" in fields(backend)


def test_nothing_is_removed_while_it_is_not_certain_what_is_held(backend: Backend, ada: Client, project: str) -> None:
    storage_id = upload(backend, ada, project)
    ada.call("files:uploadFile", projectId=project, name="a.png", storageId=storage_id)
    ada.wait(DAY_S + 60)
    ready = marker(StoredFile.by_uuid).item["range"]
    backend.store.door.write(Delete(Key(RANGES, ready)))
    with pytest.raises(IndexNotReady):
        removed()
    assert len(backend.s3.objects) == 1


@pytest.mark.parametrize("context", [LONG, SHORT], ids=["a long call", "a page a call"])
def test_a_collection_of_many_pages_ends_and_is_complete(
    backend: Backend, ada: Client, project: str, context: Any
) -> None:
    objects = backend.store.objects
    assert isinstance(objects, MemoryObjects)
    objects.page_keys = backend.s3.page_keys = backend.store.door.page_items = 3  # type: ignore[attr-defined]
    for number in range(11):
        kept = ada.call("files:createFile", projectId=project, name=f"{number}", content=LARGE)
        ada.call("files:updateFile", id=kept, content=f"{LARGE}{number}")
        storage_id = upload(backend, ada, project)
        if number % 2:
            ada.call("files:uploadFile", projectId=project, name=f"{number}.png", storageId=storage_id)
    ada.wait(DAY_S + 60)
    assert removed(context) == (6, 17)
    assert len(backend.s3.objects) == len(backend.rows("_storage")) == 5
    assert {body.decode() for body in fields(backend).values()} == {f"{LARGE}{number}" for number in range(11)}
    assert removed(context) == (0, 0)


def test_a_page_that_is_looked_at_twice_does_no_harm(backend: Backend, ada: Client, project: str) -> None:
    upload(backend, ada, project)
    ada.wait(DAY_S + 60)
    first = collect_page(backend.environment, {})
    again = collect_page(backend.environment, {})
    assert (first["rows"], again["rows"]) == (1, 0)
    assert first["phase"] == again["phase"] == "files"


def test_a_collection_of_an_empty_deployment_is_done() -> None:
    with use(make_environment()):
        assert collect({}, LONG) == {"done": True, "phase": "ranges", "cursor": None, "rows": 0, "objects": 0}


def records(backend: Backend) -> set[str]:
    """Return the folders, by their ids, of which it is recorded what they hold; the project stands for its root."""
    return {
        row["range"].split('"')[-2] for row in backend.rows("ranges") if "files.by_project_parent/[" in row["range"]
    }


def test_records_of_folders_that_are_empty_are_removed_after_a_day(
    backend: Backend, ada: Client, project: str
) -> None:
    folders = [ada.call("files:createFolder", projectId=project, name=name) for name in ("gone", "empty", "full")]
    files = [ada.call("files:createFile", projectId=project, parentId=id_, name="a", content="") for id_ in folders]
    ada.call("files:deleteFile", id=folders[0])
    ada.call("files:deleteFile", id=files[1])
    assert removed() == (0, 0)
    ada.wait(DAY_S + 60)
    assert removed() == (2, 0)
    assert records(backend) == {folders[2], "-"}
    assert audit(backend.store) == []


def test_a_folder_whose_record_was_removed_is_used_as_before(backend: Backend, ada: Client, project: str) -> None:
    folder = ada.call("files:createFolder", projectId=project, name="src")
    ada.call(
        "files:deleteFile", id=ada.call("files:createFile", projectId=project, parentId=folder, name="a", content="")
    )
    ada.wait(DAY_S + 60)
    removed()
    ada.call("files:createFile", projectId=project, parentId=folder, name="b", content="")
    assert audit(backend.store) == []
    ada.call("files:deleteFile", id=folder)
    assert backend.rows("files") == []


def test_the_record_of_a_folder_that_is_filled_while_it_is_removed_is_kept(
    backend: Backend, ada: Client, project: str
) -> None:
    folder = ada.call("files:createFolder", projectId=project, name="src")
    place = {"projectId": project, "parentId": folder, "content": ""}
    ada.call("files:deleteFile", id=ada.call("files:createFile", **place, name="a"))
    ada.wait(DAY_S + 60)
    engine = backend.store.door
    assert isinstance(engine, Interrupting)
    engine.before_write = lambda: ada.call("files:createFile", **place, name="b")
    removed()
    assert folder in records(backend)
    assert audit(backend.store) == []
