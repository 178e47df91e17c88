"""How executions went, as their histories tell."""

from __future__ import annotations

from typing import Any

from shared.operations.history import states_of
from tests.admin.aws import at


class History:
    """The events of an execution; each follows the one before it on its own way."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def tell(self, after: int, *kinds: str, name: str = "") -> int:
        """Add events one after the other, the first of which follows `after`, and return the last one's id."""
        for kind in kinds:
            number = len(self.events) + 1
            event = {"id": number, "previousEventId": after, "type": kind, "timestamp": at(number)}
            for what in ("Entered", "Exited"):
                if kind.endswith(f"State{what}"):
                    event[f"state{what}EventDetails"] = {"name": name}
            self.events.append(event)
            after = number
        return after

    @property
    def states(self) -> dict[str, tuple[str, int, int]]:
        """How each state stands, how often it was entered and how often tried."""
        told = states_of(self.events)
        return {state["name"]: (state["status"], state["entries"], state["attempts"]) for state in told}

    @property
    def statuses(self) -> dict[str, str]:
        return {name: status for name, (status, *_) in self.states.items()}


def test_states_inside_of_a_map_are_told_with_all_their_entries_and_attempts() -> None:
    history = History()
    files = history.tell(0, "MapStateEntered", "MapStateStarted", name="Files")
    first = history.tell(files, "MapIterationStarted", "TaskStateEntered", "TaskScheduled", name="File")
    second = history.tell(files, "MapIterationStarted", "TaskStateEntered", "TaskScheduled", name="File")
    first = history.tell(first, "TaskFailed", "TaskScheduled")
    history.tell(second, "TaskSucceeded", "TaskStateExited", "MapIterationSucceeded", name="File")
    assert history.states == {"Files": ("entered", 1, 1), "File": ("entered", 2, 3)}
    first = history.tell(first, "TaskSucceeded", "TaskStateExited", "MapIterationSucceeded", name="File")
    history.tell(first, "MapStateSucceeded", "MapStateExited", name="Files")
    assert history.states == {"Files": ("succeeded", 1, 1), "File": ("succeeded", 2, 3)}


def test_what_fails_in_one_branch_gives_up_the_others_and_their_state() -> None:
    history = History()
    both = history.tell(0, "ParallelStateEntered", "ParallelStateStarted", name="Both")
    left = history.tell(both, "TaskStateEntered", "TaskScheduled", name="Left")
    history.tell(both, "TaskStateEntered", "TaskScheduled", name="Right")
    failed = history.tell(left, "TaskFailed", "ParallelStateFailed")
    history.tell(failed, "ParallelStateExited", name="Both")
    assert history.statuses == {"Both": "failed", "Left": "failed", "Right": "failed"}


def test_a_failure_that_was_caught_is_shown_as_one() -> None:
    history = History()
    failed = history.tell(0, "TaskStateEntered", "TaskScheduled", "TaskFailed", "TaskStateExited", name="Think")
    history.tell(failed, "TaskStateEntered", "TaskScheduled", "TaskSucceeded", "TaskStateExited", name="Report")
    assert history.states == {"Think": ("failed", 1, 1), "Report": ("succeeded", 1, 1)}


def test_a_second_map_does_not_fail_the_first() -> None:
    history = History()
    done = history.tell(0, "MapStateEntered", "MapStateStarted", "MapStateSucceeded", "MapStateExited", name="A")
    second = history.tell(done, "MapStateEntered", "MapStateStarted", name="B")
    task = history.tell(second, "MapIterationStarted", "TaskStateEntered", "TaskScheduled", name="File")
    history.tell(task, "TaskFailed", "MapIterationFailed", "MapStateFailed", "ExecutionFailed")
    assert history.statuses == {"A": "succeeded", "B": "failed", "File": "failed"}


def test_an_execution_that_is_stopped_leaves_nothing_running() -> None:
    history = History()
    history.tell(0, "ExecutionStarted", "TaskStateEntered", "TaskScheduled", "ExecutionAborted", name="Think")
    assert history.statuses == {"Think": "failed"}
