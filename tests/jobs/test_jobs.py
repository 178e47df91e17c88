"""Jobs: at most one of a kind in a project, ended once, and no writes of a run whose job has ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.system import files
from functions.workflows.jobs import on_change, on_end
from shared.db.access import Access
from shared.db.marshal import from_item
from shared.domain.job_ends import APOLOGY, NOTHING_TO_SAY
from shared.domain.jobs import GRACE_S, LIMIT_S, require_running
from shared.errors import Conflict, JobEnded
from shared.jobs.step import Step, step
from shared.runtime.context import MutationContext
from shared.runtime.environment import Environment, use
from shared.runtime.function import internal_mutation
from shared.schema.document import Id
from shared.schema.tables import File, Job, Project
from tests.faults.deliveries import poison
from tests.functions.callers import Client
from tests.support.backend import Backend
from tests.support.memory_services import MemoryExecutions

Turn = dict[str, Any]


@pytest.fixture
def backend() -> Iterator[Backend]:
    made = Backend()
    with use(made.environment):
        yield made


@pytest.fixture
def server(backend: Backend) -> Client:
    return backend.internal()


@pytest.fixture
def project(backend: Backend) -> str:
    return str(backend.as_user("ada").call("projects:create", name="Apollo"))


@pytest.fixture
def turn(backend: Backend, server: Client, project: str) -> Turn:
    """A message that is being processed."""
    conversation = backend.as_user("ada").call("conversations:create", projectId=project)
    return begin(server, conversation)


def begin(server: Client, conversation: str, **more: Any) -> Turn:
    turn: Turn = server.call(
        "system:beginAssistantTurn", conversationId=conversation, ownerId="ada", content="Hello", **more
    )
    return turn | {"conversationId": conversation}


def message(server: Client, id: str) -> dict[str, Any]:
    found: dict[str, Any] = server.call("system:getMessageById", messageId=id)
    return found


def stream(backend: Backend, *, kind: str = "INSERT") -> dict[str, Any]:
    """Return what the stream of jobs says of all of them."""
    images = [from_item(row) for row in backend.rows("jobs")]
    return {"Records": [{"eventName": kind, "dynamodb": {"NewImage": image}} for image in images]}


def executions(backend: Backend) -> MemoryExecutions:
    found = backend.environment.services.executions
    assert isinstance(found, MemoryExecutions)
    return found


def writing(environment: Environment, then: Callable[[], None] = lambda: None) -> Callable[[str, str], Any]:
    """Return a step that writes a file, after which `then` happens, before anything is committed."""

    @internal_mutation(writes=[Project, File])
    def write(ctx: MutationContext, *, project_id: Id[Project], name: str) -> str:
        """Write a file."""
        id = files.create_file.body(ctx, project_id=project_id, name=name, content="")
        then()
        return str(id)

    @step("process-message", calls=(write,))
    def work(step: Step) -> dict[str, Any]:
        """Write a file."""
        return {"id": step.call(write, name=step.event["name"], project_id=step.job.project_id)}

    return lambda job_id, name: work({"jobId": job_id, "name": name}, None)


def names(server: Client, project: str) -> list[str]:
    return [file["name"] for file in server.call("system:getProjectFiles", projectId=project)]


def test_a_turn_adds_the_question_and_an_empty_answer(server: Client, turn: Turn) -> None:
    answer = message(server, turn["messageId"])
    assert message(server, turn["userMessageId"])["content"] == "Hello"
    assert (answer["role"], answer["content"], answer["status"]) == ("assistant", "", "processing")
    assert answer["triggerRunId"] == turn["messageId"]


def test_a_new_turn_replaces_the_one_that_is_being_processed(server: Client, turn: Turn) -> None:
    second = begin(server, turn["conversationId"])
    assert second["cancelledIds"] == [turn["messageId"]]
    assert message(server, turn["messageId"])["status"] == "cancelled"
    assert message(server, second["messageId"])["status"] == "processing"


def test_a_new_turn_is_refused_where_that_is_the_policy(server: Client, turn: Turn) -> None:
    with pytest.raises(Conflict, match="already being processed"):
        begin(server, turn["conversationId"], policy="reject")
    assert message(server, turn["messageId"])["status"] == "processing"


def test_a_job_starts_its_machine_once_however_often_the_stream_tells_of_it(backend: Backend, turn: Turn) -> None:
    for _ in range(2):
        on_change(stream(backend), None)
    ((machine, name, given),) = executions(backend).started
    assert (machine, name) == ("process-message", turn["messageId"])
    assert given.keys() == {"jobId", "projectId", "kind"}


def test_a_record_of_the_stream_that_makes_no_sense_holds_up_no_job(backend: Backend, turn: Turn) -> None:
    (job,) = stream(backend)["Records"]
    on_change({"Records": [*poison("stream", job), job]}, None)
    assert [name for _, name, _ in executions(backend).started] == [turn["messageId"]]


def test_a_cancelled_job_stops_its_machine(backend: Backend, server: Client, turn: Turn) -> None:
    server.call("system:cancelMessage", messageId=turn["messageId"])
    on_change(stream(backend, kind="MODIFY"), None)
    assert executions(backend).started == []
    assert executions(backend).stopped == [("process-message", turn["messageId"])]


def test_nothing_is_started_for_a_job_that_somebody_else_runs(backend: Backend, server: Client, project: str) -> None:
    assert server.call("system:claimJob", projectId=project, kind="export-to-github", jobId="theirs")
    on_change(stream(backend), None)
    assert executions(backend).started == []


def test_only_one_job_of_a_kind_runs_in_a_project(server: Client, project: str) -> None:
    claims = [
        server.call("system:claimJob", projectId=project, kind="import-github-repo", jobId=job_id)
        for job_id in ("first", "second", "first")
    ]
    assert claims == [True, False, True]
    assert server.call("system:getProjectById", projectId=project)["importStatus"] == "importing"


def test_the_end_of_a_job_is_shown_and_final(server: Client, project: str) -> None:
    job = {"projectId": project, "kind": "export-to-github", "jobId": "1"}
    server.call("system:claimJob", **job)
    ended = [
        server.call("system:finishJob", **job, status="cancelled"),
        server.call("system:finishJob", **job, repoUrl="https://github.com/a/b"),
    ]
    assert ended == [True, False]
    assert server.call("system:getProjectById", projectId=project)["exportStatus"] == "cancelled"


@pytest.mark.parametrize(("status", "content"), [("completed", NOTHING_TO_SAY), ("failed", APOLOGY)])
def test_a_message_without_a_word_says_how_its_job_has_ended(
    server: Client, project: str, turn: Turn, status: str, content: str
) -> None:
    server.call("system:finishJob", projectId=project, kind="process-message", jobId=turn["messageId"], status=status)
    assert message(server, turn["messageId"])["content"] == content


def test_what_was_written_of_a_message_stays_when_its_job_fails(server: Client, project: str, turn: Turn) -> None:
    server.call("system:streamMessageContent", messageId=turn["messageId"], content="Half of it")
    server.call(
        "system:finishJob",
        projectId=project,
        kind="process-message",
        jobId=turn["messageId"],
        status="failed",
        error="ModelNotConfigured",
        cause='{"errorMessage": "Set model_id."}',
    )
    assert message(server, turn["messageId"])["content"] == "Half of it\n\nSet model_id."


def test_the_text_of_an_unexpected_error_is_not_shown(server: Client, project: str, turn: Turn) -> None:
    server.call(
        "system:finishJob",
        projectId=project,
        kind="process-message",
        jobId=turn["messageId"],
        status="failed",
        error="KeyError",
        cause='{"errorMessage": "secret"}',
    )
    assert message(server, turn["messageId"])["content"] == APOLOGY


def test_a_message_that_is_finished_by_somebody_else_ends_its_job(
    backend: Backend, server: Client, turn: Turn
) -> None:
    server.call("system:updateMessageContent", messageId=turn["messageId"], content="Done")
    with pytest.raises(JobEnded, match="completed"):
        running(backend, turn["messageId"])


def running(backend: Backend, job_id: str) -> Any:
    access = Access(reads=frozenset({Job}))
    return backend.environment.database.query(access, lambda reader: require_running(reader, job_id))


def test_a_step_of_a_running_job_writes(backend: Backend, server: Client, project: str, turn: Turn) -> None:
    writing(backend.environment)(turn["messageId"], "a.py")
    assert names(server, project) == ["a.py"]


def test_a_step_of_a_job_that_has_ended_stops(backend: Backend, server: Client, project: str, turn: Turn) -> None:
    server.call("system:cancelMessage", messageId=turn["messageId"])
    with pytest.raises(JobEnded):
        writing(backend.environment)(turn["messageId"], "a.py")
    assert names(server, project) == []


def test_a_job_that_is_cancelled_while_a_step_writes_writes_nothing(
    backend: Backend, server: Client, project: str, turn: Turn
) -> None:
    cancelled: list[str] = []

    def cancel() -> None:
        if not cancelled:
            cancelled.append(turn["messageId"])
            server.call("system:cancelMessage", messageId=turn["messageId"])

    with pytest.raises(JobEnded):
        writing(backend.environment, cancel)(turn["messageId"], "a.py")
    assert names(server, project) == []


def test_an_execution_that_ends_badly_fails_its_job(server: Client, project: str, turn: Turn) -> None:
    given = {"jobId": turn["messageId"], "projectId": project, "kind": "process-message"}
    on_end({"detail": {"status": "TIMED_OUT", "input": json.dumps(given)}}, None)
    assert message(server, turn["messageId"])["status"] == "failed"
    assert "took too long" in message(server, turn["messageId"])["content"]


def test_the_end_of_an_execution_without_a_job_is_passed_over(server: Client, turn: Turn) -> None:
    on_end({"detail": {"status": "FAILED", "input": "{}"}}, None)
    assert message(server, turn["messageId"])["status"] == "processing"


def test_a_job_has_to_end_by_its_limit(backend: Backend, turn: Turn) -> None:
    (job,) = backend.rows("jobs")
    assert job["endsBy"] - job["startedAt"] == (LIMIT_S["process-message"] + GRACE_S) * 1000


class OneIsMissing(MemoryExecutions):
    """Has no machine for messages."""

    def start(self, machine: str, name: str, given: dict[str, Any]) -> None:
        if machine == "process-message":
            raise ClientError({"Error": {"Code": "StateMachineDoesNotExist", "Message": ""}}, "StartExecution")
        super().start(machine, name, given)


def test_a_job_that_cannot_be_started_holds_up_no_other_and_is_tried_again(backend: Backend, turn: Turn) -> None:
    ada = backend.as_user("ada")
    generated = ada.call("projects:generate", description="A page that says hello")
    backend.environment.services.executions = missing = OneIsMissing()  # type: ignore[misc]  # of the tests' own
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        on_change(stream(backend), None)
    assert [name for _, name, _ in missing.started] == [generated["jobId"]]
