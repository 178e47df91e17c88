"""Jobs whose time is up are failed, whatever became of their machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pytest

from functions.workflows.reaping import reap
from shared import values
from shared.db.access import Access
from shared.db.database import MutationRequest
from shared.db.engine import Operation, Reason, TransactionCanceled
from shared.db.writer import Writer
from shared.domain.failures import TOO_LONG
from shared.domain.jobs import GRACE_S, LIMIT_S, REAPED_EVERY_S
from shared.domain.reaping import MOST_REAPED
from shared.errors import MutationTimedOut
from shared.runtime.environment import use
from shared.schema.tables import Job, JobKind, Project
from tests.functions.callers import Client
from tests.runtime.backend import LAMBDA
from tests.support.backend import Backend
from tests.support.memory_engine import MemoryEngine


class Stuck(MemoryEngine):
    """A database in which every transaction with the item `stuck` conflicts with another one."""

    stuck = ""

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        reasons = [Reason("conflict" if o.key.partition == self.stuck else "none") for o in operations]
        if Reason("conflict") in reasons:
            raise TransactionCanceled(reasons)
        super().transact(operations, token)


NOTHING = {"messages": 0, "imports": 0, "exports": 0, "generations": 0}


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    with use(backend.environment):
        yield backend


@pytest.fixture
def server(backend: Backend) -> Client:
    return backend.internal()


@pytest.fixture
def project(backend: Backend) -> str:
    """A project in which a job of each kind is running."""
    ada, server = backend.as_user("ada"), backend.internal()
    id_: str = ada.call("projects:create", name="one")
    conversation = ada.call("conversations:create", projectId=id_)
    server.call("system:beginAssistantTurn", conversationId=conversation, ownerId="ada", content="Hello")
    for kind in LIMIT_S:
        if kind != "process-message":
            server.call("system:claimJob", projectId=id_, kind=kind, jobId=kind)
    return id_


def insert_jobs(backend: Backend, count: int) -> list[str]:
    """Insert exports of as many projects, one of which is overdue with each second, and return their ids."""
    access, request = Access(writes=frozenset({Job})), MutationRequest("test:insert", "internal", "")
    began_ms = backend.store.clock.now_ms()

    def insert(db: Writer, number: int) -> str:
        id_ = db.insert(
            Job,
            job_id=str(number),
            kind="export-to-github",
            project_id=Project.mint_id(number.to_bytes(16, "big")),
            owner_id="ada",
            status="running",
            input={},
            started_at=began_ms,
            ends_by=began_ms + number * 1000,
        )
        return values.dumps(id_)

    commit = backend.environment.database.mutate
    return [values.loads(commit(access, partial(insert, number=n), request).value) for n in range(count)]


def shown(backend: Backend) -> dict[JobKind, Any]:
    """Return what users see of each kind of job."""
    [project] = backend.rows("projects")
    events = [event["message"] for event in backend.rows("generationEvents")]
    return {
        "process-message": backend.rows("messages")[-1]["status"],
        "import-github-repo": project["importStatus"],
        "export-to-github": project["exportStatus"],
        "generate-project": "failed" if f"Generation failed: {TOO_LONG}" in events else "generating",
    }


def job_statuses(backend: Backend) -> list[str]:
    return [job["status"] for job in backend.rows("jobs")]


def tick(backend: Backend) -> dict[str, Any]:
    """Do what happens every five minutes."""
    return reap({"time": ""}, LAMBDA)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("first_s", [0, 1, REAPED_EVERY_S / 2, REAPED_EVERY_S - 1])
def test_nothing_is_in_progress_longer_than_its_bound_when_every_machine_is_dead(
    backend: Backend, server: Client, first_s: float
) -> None:
    began_ms, running = backend.store.clock.now_ms(), dict(LIMIT_S)
    server.wait(first_s)
    while running:
        tick(backend)
        passed_s = (backend.store.clock.now_ms() - began_ms) / 1000
        running = {kind: limit for kind, limit in running.items() if shown(backend)[kind] != "failed"}
        assert all(passed_s < limit_s + GRACE_S + REAPED_EVERY_S for limit_s in running.values()), running
        server.wait(REAPED_EVERY_S)
    assert job_statuses(backend) == ["failed"] * 4


@pytest.mark.usefixtures("project")
def test_jobs_whose_time_is_not_up_go_on(backend: Backend, server: Client) -> None:
    server.wait(min(LIMIT_S.values()))
    assert server.call("system:reapStaleJobs") == NOTHING
    assert job_statuses(backend) == ["running"] * 4


@pytest.mark.usefixtures("project")
def test_jobs_are_counted_by_what_they_were_for(server: Client) -> None:
    server.wait(max(LIMIT_S.values()) + GRACE_S + 1)
    assert server.call("system:reapStaleJobs") == dict.fromkeys(NOTHING, 1)
    assert server.call("system:reapStaleJobs") == NOTHING


@pytest.mark.usefixtures("project")
def test_the_owner_is_told_why_a_job_was_stopped(backend: Backend, server: Client) -> None:
    server.wait(max(LIMIT_S.values()) + GRACE_S + 1)
    server.call("system:reapStaleJobs")
    assert backend.rows("messages")[-1]["content"] == TOO_LONG
    assert {event["message"] for event in backend.rows("generationEvents")} == {
        f"{name} failed: {TOO_LONG}" for name in ("Import", "Export", "Generation")
    }


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("older_than_ms", "reaped"), [(60_000, 0), (30_000, 4), (0, 4)])
def test_jobs_can_be_failed_that_run_for_longer_than_asked_for(
    server: Client, older_than_ms: float, reaped: int
) -> None:
    server.wait(45)
    assert sum(server.call("system:reapStaleJobs", olderThanMs=older_than_ms).values()) == reaped


@pytest.mark.usefixtures("project")
def test_a_run_of_a_reaped_job_writes_nothing_any_more(backend: Backend, server: Client) -> None:
    server.wait(max(LIMIT_S.values()) + GRACE_S + 1)
    server.call("system:reapStaleJobs")
    message = backend.rows("messages")[-1]
    server.call("system:updateMessageContent", messageId=message["_id"], content="late")
    assert backend.rows("messages")[-1] == message


def test_a_project_can_be_imported_again_after_its_import_was_reaped(
    backend: Backend, server: Client, project: str
) -> None:
    server.wait(max(LIMIT_S.values()) + GRACE_S + 1)
    server.call("system:reapStaleJobs")
    assert server.call("system:claimJob", projectId=project, kind="import-github-repo", jobId="again")
    assert shown(backend)["import-github-repo"] == "importing"


def test_a_job_that_cannot_be_ended_keeps_no_other_running() -> None:
    engine = Stuck()
    backend = Backend(engine)
    jobs = insert_jobs(backend, 3)
    engine.stuck = jobs[0]
    backend.store.clock.sleep(10)
    with use(backend.environment), pytest.raises(MutationTimedOut):
        tick(backend)
    assert job_statuses(backend) == ["running", "failed", "failed"]


def test_a_call_ends_so_many_jobs_at_most_and_the_most_overdue_first(backend: Backend, server: Client) -> None:
    insert_jobs(backend, MOST_REAPED + 2)
    server.wait(MOST_REAPED + 10)
    assert server.call("system:reapStaleJobs")["exports"] == MOST_REAPED
    assert job_statuses(backend) == ["failed"] * MOST_REAPED + ["running"] * 2


def test_the_clock_goes_on_with_deletions_that_were_interrupted(backend: Backend, project: str) -> None:
    backend.as_user("ada").call("projects:deleteProject", id=project)
    assert tick(backend) == {**NOTHING, "finished": 1, "remaining": 0}
    assert backend.rows("messages") == backend.rows("jobs") == []


def test_the_clock_strikes_as_often_as_the_bound_says() -> None:
    assert reap.sources == (f"schedule:rate({REAPED_EVERY_S // 60} minutes)",)
