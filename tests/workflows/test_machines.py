"""Whole state machines, as they are deployed, on the real Lambdas over a deployment in memory.

Errors are put in the place of what a state's Lambda does, or after it, at every state of every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.job_ends import APOLOGY
from tests.infra.machines import DEFINITIONS, machines_in, states_of
from tests.support.state_machine import StateFailed
from tests.workflows.scenes import SCENES, Scene

Json = dict[str, Any]
BEST_EFFORT = {"Title"}
"""States whose failure is no failure of the job."""
ENDING = {"Complete", "Fail"}

every_job = pytest.mark.parametrize("kind", sorted(SCENES))


def tasks(kind: str) -> list[str]:
    """Return the states of a machine that call a Lambda, but for one that only a conflict leads to."""
    return [
        name for name, state in states_of(DEFINITIONS[kind]) if state["Type"] == "Task" and name != "WaitRefAgain"
    ]


every_task = pytest.mark.parametrize(
    ("kind", "state"),
    [(kind, state) for kind in sorted(SCENES) for state in tasks(kind) if state not in ENDING],
)


def failing(state: str, error: str, *, times: int = 99, after: bool = False) -> Callable[[str, Json, Any], Any]:
    """Return what lets the Lambda of a state fail: `times` times, before or after it has done its work."""
    left = [times]

    def call(name: str, _event: Json, run: Callable[[], Any]) -> Any:
        if name != state or not left[0]:
            return run()
        left[0] -= 1
        if after:
            run()
        raise StateFailed(error, '{"errorMessage": "what was in it"}')

    return call


def undisturbed(kind: str) -> object:
    with SCENES[kind]() as scene:
        scene.run()
        return scene.outcome()


@every_job
def test_a_job_ends_completed(kind: str) -> None:
    with SCENES[kind]() as scene:
        assert scene.run().status == "SUCCEEDED"
        assert scene.status() == "completed"


@every_task
def test_a_state_that_fails_ends_the_job_as_failed_and_shows_no_inner_text(kind: str, state: str) -> None:
    with SCENES[kind]() as scene:
        run = scene.run(failing(state, "KeyError"))
        if state in BEST_EFFORT:
            assert (run.status, scene.status()) == ("SUCCEEDED", "completed")
            return
        assert (run.status, scene.status()) == ("FAILED", "failed")
        assert "what was in it" not in repr(scene.backend.rows("messages")) + repr(scene.events())


@every_task
def test_a_state_that_takes_too_long_is_tried_three_times(kind: str, state: str) -> None:
    with SCENES[kind]() as scene:
        run = scene.run(failing(state, "States.Timeout"))
        assert run.states.count(state) >= 3
        assert scene.status() == ("completed" if state in BEST_EFFORT else "failed")


@every_task
@pytest.mark.parametrize("after", [False, True])
def test_a_state_that_crashes_once_before_or_after_its_work_changes_nothing(
    kind: str, state: str, *, after: bool
) -> None:
    with SCENES[kind]() as scene:
        assert scene.run(failing(state, "Lambda.Unknown", times=1, after=after)).status == "SUCCEEDED"
        assert (scene.status(), scene.outcome()) == ("completed", undisturbed(kind))


@every_task
def test_a_job_that_is_cancelled_before_a_state_stops_there(kind: str, state: str) -> None:
    with SCENES[kind]() as scene:

        def call(name: str, _event: Json, run: Callable[[], Any]) -> Any:
            if name == state:
                scene.cancel()
            return run()

        run = scene.run(call)
        assert run.status == "SUCCEEDED"
        assert state in BEST_EFFORT or run.states[-1] == "Cancelled"
        shown = "failed" if kind == "import-github-repo" else "cancelled"
        assert scene.status() == shown


@every_job
def test_a_completion_that_fails_ends_the_job_as_failed(kind: str) -> None:
    with SCENES[kind]() as scene:
        assert scene.run(failing("Complete", "KeyError")).status == "FAILED"
        assert scene.status() == "failed"


@every_job
def test_the_answer_of_a_completion_may_be_lost(kind: str) -> None:
    with SCENES[kind]() as scene:
        assert scene.run(failing("Complete", "Lambda.Unknown", times=1, after=True)).status == "SUCCEEDED"
        assert scene.status() == "completed"


@every_job
def test_a_job_that_its_machine_cannot_end_is_ended_by_the_reaper(kind: str) -> None:
    def call(name: str, _event: Json, run: Callable[[], Any]) -> Any:
        if name in {"Complete", "Fail"}:
            raise StateFailed("KeyError", "{}")
        return run()

    with SCENES[kind]() as scene:
        assert scene.run(call).status == "FAILED"
        reap(scene)
        assert scene.status() == "failed"


def reap(scene: Scene) -> None:
    scene.backend.internal().wait(100 * 60)
    scene.backend.internal().call("system:reapStaleJobs")


@every_job
def test_a_run_that_comes_back_after_its_job_was_given_up_writes_nothing(kind: str) -> None:
    with SCENES[kind]() as scene:
        reap(scene)
        before = repr([scene.backend.rows(table) for table in ("messages", "files", "projects", "generationEvents")])
        run = scene.run()
        assert (run.status, run.states[-1]) == ("SUCCEEDED", "Cancelled")
        after = repr([scene.backend.rows(table) for table in ("messages", "files", "projects", "generationEvents")])
        assert after == before


def test_what_went_wrong_is_said_in_the_message() -> None:
    with SCENES["process-message"]() as scene:
        scene.run(failing("Think", "ModelNotConfigured"))
        (message,) = (row for row in scene.backend.rows("messages") if row["role"] == "assistant")
        assert message["content"].endswith("what was in it")


def test_an_apology_is_all_that_is_said_of_the_unexpected() -> None:
    with SCENES["process-message"]() as scene:
        scene.run(failing("Begin", "KeyError"))
        (message,) = (row for row in scene.backend.rows("messages") if row["role"] == "assistant")
        assert message["content"] == APOLOGY


def test_a_branch_that_moves_while_a_project_is_exported_is_built_upon() -> None:
    with SCENES["export-to-github"]() as scene:

        def call(name: str, _event: Json, run: Callable[[], Any]) -> Any:
            answer = run()
            return {"next": "wait_ref"} if name == "UpdateRef" and moved.pop() else answer

        moved = [False, True]
        run = scene.run(call)
        assert "WaitRefAgain" in run.states
        assert (run.status, scene.status()) == ("SUCCEEDED", "completed")


@every_job
def test_every_state_is_reached_by_these_tests(kind: str) -> None:
    reached: set[str] = set()
    untitled = failing("Title", "KeyError")
    for disturbed in (None, untitled, failing("Complete", "KeyError"), failing(tasks(kind)[0], "JobEnded")):
        with SCENES[kind]() as scene:
            reached |= {*(scene.run(disturbed) if disturbed else scene.run()).states}
    assert {name for name, _ in states_of(DEFINITIONS[kind])} - reached <= {"WaitRefAgain"}


@every_job
def test_no_transition_is_paid_for_that_only_ends_a_machine(kind: str) -> None:
    for machine in machines_in(DEFINITIONS[kind]):
        ends = {name for name, state in machine["States"].items() if state["Type"] in {"Succeed", "Pass"}}
        tasks_before = {name for name, state in machine["States"].items() if state.get("Next") in ends}
        assert tasks_before == set()
