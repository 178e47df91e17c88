"""Work that goes on until its Lambda says that it is done, and ends no job.

delete-project, collect-garbage, reconcile-billing    Work ⟲ → Done
"""

from __future__ import annotations

from functions.system.deletions import delete_project_batch
from functions.workflows import billing, collection
from infra.machines.states import State, States, choice, task
from infra.names import Names
from shared.runtime.door import Door

_DONE: State = {"Type": "Succeed"}


def delete_project(names: Names) -> States:
    """Return the states; the input is {"projectId"}."""
    batch = {"args": {"projectId.$": "$.projectId", "cursor.$": "$.batch.cursor"}}
    return {
        "Begin": {"Type": "Pass", "Result": {"cursor": None}, "ResultPath": "$.batch", "Next": "Work"},
        "Work": task(names, delete_project_batch, then="More", parameters=batch, result="$.batch", catches=()),
        "More": choice(("$.batch.done", False, "Work"), otherwise="Done"),
        "Done": _DONE,
    }


def collect_garbage(names: Names) -> States:
    """Return the states; the input is {}."""
    return _looping(names, collection.collect)


def reconcile_billing(names: Names) -> States:
    """Return the states; the input is {}."""
    return _looping(names, billing.reconcile)


def _looping(names: Names, called: Door) -> States:
    """Let each call go on with what the one before has answered."""
    return {
        "Work": task(names, called, then="More", catches=()),
        "More": choice(("$.done", False, "Work"), otherwise="Done"),
        "Done": _DONE,
    }
