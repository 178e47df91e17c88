"""Deleting projects: out of reach in one transaction, and what was in them afterwards, in batches."""

from __future__ import annotations

from typing import Any

import pytest

from functions.workflows.jobs import on_deletion
from shared.db.audit import audit
from shared.db.marshal import from_item
from shared.domain.project_deletion import BATCH_MS
from shared.domain.sweep import RESERVED_MS
from shared.errors import Forbidden, NotFound
from shared.runtime.environment import use
from tests.functions.callers import Client
from tests.functions.rows import Rows, furnish
from tests.runtime.backend import LAMBDA
from tests.support.backend import Backend
from tests.support.memory_services import MemoryServices

FILES = 30
CONTENTS = ("projects", "files", "conversations", "messages", "generationEvents", "jobs", "deletions")


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def ada(backend: Backend) -> Client:
    return backend.as_user("ada")


@pytest.fixture
def rows(backend: Backend) -> Rows:
    """A project of ada's with files, messages, events and a job that writes one of the messages."""
    return furnish(backend.environment, "ada", "one", files=FILES)


def batch(backend: Backend, rows: Rows, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = backend.internal().call("system:deleteProjectBatch", projectId=rows.project, **more)
    return answer


def left(backend: Backend) -> dict[str, int]:
    return {table: len(found) for table in CONTENTS if (found := backend.rows(table))}


def test_a_project_is_deleted_in_one_transaction_whatever_is_in_it(backend: Backend, ada: Client, rows: Rows) -> None:
    before = len(backend.rows("commits"))
    ada.call("projects:deleteProject", id=rows.project)
    assert len(backend.rows("commits")) == before + 1
    assert len(backend.rows("files")) == FILES + 2


def test_nothing_in_a_deleted_project_can_be_reached(ada: Client, rows: Rows) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    assert ada.call("projects:get") == []
    for path, arguments in (
        ("projects:getById", {"id": rows.project}),
        ("projects:getGenerationEvents", {"projectId": rows.project}),
        ("files:getFiles", {"projectId": rows.project}),
        ("files:getFile", {"id": rows.file}),
        ("files:getDownloadUrl", {"id": rows.binary}),
        ("conversations:getByProject", {"projectId": rows.project}),
        ("conversations:getById", {"id": rows.conversation}),
        ("conversations:getMessages", {"conversationId": rows.conversation}),
    ):
        with pytest.raises(NotFound):
            ada.call(path, **arguments)


def test_only_its_owner_deletes_a_project(backend: Backend, rows: Rows) -> None:
    with pytest.raises(Forbidden):
        backend.as_user("bob").call("projects:deleteProject", id=rows.project)
    assert backend.rows("deletions") == []


def test_the_jobs_of_a_deleted_project_are_cancelled_in_the_same_transaction(
    backend: Backend, ada: Client, rows: Rows
) -> None:
    server = backend.internal()
    for kind in ("import-github-repo", "export-to-github", "generate-project"):
        server.call("system:claimJob", projectId=rows.project, kind=kind, jobId=kind)
    ada.call("projects:deleteProject", id=rows.project)
    assert [job["status"] for job in backend.rows("jobs")] == ["cancelled"] * 4
    assert server.call("system:getMessageById", messageId=rows.message)["status"] == "cancelled"


def test_nothing_that_a_job_writes_late_changes_what_is_left(backend: Backend, ada: Client, rows: Rows) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    server = backend.internal()
    before = backend.rows("messages")
    server.call("system:streamMessageContent", messageId=rows.message, content="late")
    server.call("system:updateMessageContent", messageId=rows.message, content="late")
    assert backend.rows("messages") == before
    with pytest.raises(NotFound):
        server.call("system:claimJob", projectId=rows.project, kind="export-to-github", jobId="late")


def test_batches_leave_nothing_of_a_project(backend: Backend, ada: Client, rows: Rows) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    assert batch(backend, rows) == {"done": True, "files": FILES + 2, "rows": 17}
    assert left(backend) == {}
    assert audit(backend.store) == []


def test_a_batch_after_the_last_one_finds_nothing_to_do(backend: Backend, ada: Client, rows: Rows) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    batch(backend, rows)
    assert batch(backend, rows) == {"done": True, "files": 0, "rows": 0}


def test_a_batch_begins_at_the_beginning_without_a_cursor_or_with_null(
    backend: Backend, ada: Client, rows: Rows
) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    assert batch(backend, rows, cursor=None)["files"] == FILES + 2


def test_nothing_is_removed_of_a_project_that_is_not_being_deleted(backend: Backend, rows: Rows) -> None:
    before = left(backend)
    assert batch(backend, rows) == {"done": True, "files": 0, "rows": 0}
    assert left(backend) == before


def test_a_cursor_that_leaves_out_files_does_not_lose_them(backend: Backend, ada: Client, rows: Rows) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    assert batch(backend, rows, cursor="jobs") == {"done": False, "cursor": "files", "files": 0, "rows": 1}
    assert batch(backend, rows, cursor="files")["done"]
    assert left(backend) == {}


def test_other_projects_keep_everything(backend: Backend, ada: Client, rows: Rows) -> None:
    other = furnish(backend.environment, "ada", "two", files=3)
    ada.call("projects:deleteProject", id=rows.project)
    batch(backend, rows)
    assert len(ada.call("files:getFiles", projectId=other.project)) == 5
    assert len(ada.call("conversations:getMessages", conversationId=other.conversation)) == 10


def test_a_deletion_of_a_project_starts_its_machine_once_and_one_of_a_folder_none(
    backend: Backend, ada: Client, rows: Rows
) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    [deletion] = backend.rows("deletions")
    images = (deletion, deletion, deletion | {"kind": "folder", "root": rows.folder})
    inserted = [{"eventName": "INSERT", "dynamodb": {"NewImage": from_item(image)}} for image in images]
    with use(backend.environment):
        on_deletion({"Records": [*inserted, {"eventName": "REMOVE", "dynamodb": {}}]}, LAMBDA)
    services = backend.environment.services
    assert isinstance(services, MemoryServices)
    assert services.executions.started == [("delete-project", rows.project, {"projectId": rows.project})]


def test_the_stream_may_tell_of_a_deletion_that_is_finished(backend: Backend, ada: Client, rows: Rows) -> None:
    ada.call("projects:deleteProject", id=rows.project)
    [deletion] = backend.rows("deletions")
    batch(backend, rows)
    with use(backend.environment):
        on_deletion({"Records": [{"eventName": "INSERT", "dynamodb": {"NewImage": from_item(deletion)}}]}, LAMBDA)
    assert batch(backend, rows)["done"]


def test_a_batch_ends_long_before_its_lambda() -> None:
    assert LAMBDA.get_remaining_time_in_millis() > BATCH_MS + RESERVED_MS + 10_000
