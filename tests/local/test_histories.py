"""The histories of executions that MiniStack keeps once it is changed, against MiniStack itself."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.ministack import MiniStack
from infra.local.workspace import ROOT, Workspace
from shared.operations.history import states_of
from tests.local.test_leashed import client

PATIENCE_S = 10.0
ROLE = f"arn:aws:iam::{'0' * 12}:role/any"
NEVER = {"Type": "Fail", "Error": "Boom", "Cause": "as told"}


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    started = MiniStack(Workspace(ROOT, tmp_path_factory.mktemp("state"), 4000))
    asyncio.run(started.start())
    try:
        yield client(started, "stepfunctions")
    finally:
        started.stop()


def states(machines: Any, name: str, definition: Any, given: Any) -> dict[str, tuple[str, int]]:
    """Run a machine to its end, and return how its states stand and how often they were entered."""
    arn = machines.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=arn, input=json.dumps(given))["executionArn"]
    deadline = time.monotonic() + PATIENCE_S
    while machines.describe_execution(executionArn=execution)["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    told = states_of(machines.get_execution_history(executionArn=execution)["events"])
    return {state["name"]: (state["status"], state["entries"]) for state in told}


def test_the_states_inside_of_maps_and_branches_are_told(machines: Any) -> None:
    item = {"StartAt": "One", "States": {"One": {"Type": "Pass", "Next": "Ok"}, "Ok": {"Type": "Succeed"}}}
    branch = {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "End": True}}}
    definition = {
        "StartAt": "Each",
        "States": {
            "Each": {"Type": "Map", "ItemsPath": "$", "ItemProcessor": item, "Next": "Both"},
            "Both": {"Type": "Parallel", "Branches": [branch], "End": True},
        },
    }
    assert states(machines, "inner", definition, [1, 2, 3]) == {
        "Each": ("succeeded", 1),
        "One": ("succeeded", 3),
        "Ok": ("succeeded", 3),
        "Both": ("succeeded", 1),
        "Left": ("succeeded", 1),
    }


def test_a_part_that_fails_is_told_with_its_map(machines: Any) -> None:
    item = {"StartAt": "One", "States": {"One": NEVER}}
    caught = {"ErrorEquals": ["States.ALL"], "Next": "Instead"}
    each = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": item, "Catch": [caught], "End": True}
    definition = {"StartAt": "Each", "States": {"Each": each, "Instead": {"Type": "Pass", "End": True}}}
    assert states(machines, "failing", definition, [1]) == {
        "Each": ("failed", 1),
        "One": ("failed", 1),
        "Instead": ("succeeded", 1),
    }
