"""What holds of every state machine, whatever its Lambdas do."""

from __future__ import annotations

import json
from typing import Any

import pytest

import functions
from infra.machines.states import MARGIN_S
from shared.domain.jobs import LIMIT_S
from shared.errors import JobEnded, OptimisticConcurrencyControlFailure
from shared.runtime.registry import discover, discover_doors
from shared.service_errors import GitHubRateLimited, ModelNotConfigured, ModelThrottled
from tests.infra.machines import DEFINITIONS, machines_in, states_of, successors
from tests.support.state_machine import NAMES

Json = dict[str, Any]
every_machine = pytest.mark.parametrize("name", sorted(DEFINITIONS))
of_jobs = pytest.mark.parametrize("name", sorted(LIMIT_S))


def lambdas() -> dict[str, int]:
    """Return the time-out of every Lambda, in s, by its ARN."""
    found = {NAMES.function_arn(function.path): 29 for function in discover(functions).values()}
    return found | {NAMES.function_arn(door.name): door.timeout_s or 29 for door in discover_doors(functions)}


def test_there_is_a_machine_for_every_kind_of_job() -> None:
    assert LIMIT_S.keys() <= DEFINITIONS.keys()


@every_machine
def test_every_state_can_be_reached_and_leads_to_one_that_there_is(name: str) -> None:
    for machine in machines_in(DEFINITIONS[name]):
        reached, found = {machine["StartAt"]}, [machine["StartAt"]]
        for state in found:
            new = successors(machine["States"][state]) - reached
            reached |= new
            found += sorted(new)
        assert reached == machine["States"].keys()


@every_machine
def test_every_task_calls_a_lambda_and_waits_a_little_longer_than_that_may_take(name: str) -> None:
    known = lambdas()
    for _, state in states_of(DEFINITIONS[name]):
        if state["Type"] == "Task":
            assert state["TimeoutSeconds"] == known[state["Resource"]] + MARGIN_S


@every_machine
def test_every_task_is_tried_again_when_that_may_help_and_only_then(name: str) -> None:
    for _, state in states_of(DEFINITIONS[name]):
        if state["Type"] == "Task":
            retried = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
            again = (ModelThrottled, GitHubRateLimited, OptimisticConcurrencyControlFailure)
            assert {error.__name__ for error in again} | {"States.Timeout", "Lambda.Unknown"} <= retried
            assert not retried & {JobEnded.__name__, ModelNotConfigured.__name__, "States.ALL"}
            assert all(retry["JitterStrategy"] == "FULL" for retry in state["Retry"])


@of_jobs
def test_whatever_a_state_of_a_job_raises_ends_the_job(name: str) -> None:
    for state_name, state in DEFINITIONS[name]["States"].items():
        if state["Type"] in {"Task", "Parallel", "Map"} and state_name != "Fail":
            assert [catch["ErrorEquals"] for catch in state["Catch"]] == [["JobEnded"], ["States.ALL"]]
            assert [catch["Next"] for catch in state["Catch"]] == ["Cancelled", "Fail"]


@of_jobs
def test_a_job_ends_in_time(name: str) -> None:
    assert DEFINITIONS[name]["TimeoutSeconds"] == LIMIT_S[name]  # type: ignore[index]  # names are kinds here


@every_machine
def test_a_definition_is_below_the_limit_of_step_functions(name: str) -> None:
    assert len(json.dumps(DEFINITIONS[name])) < 1_000_000
