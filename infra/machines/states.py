"""The vocabulary that the state machines are written in.

A machine's input is {"jobId", "projectId", "kind"}, and what goes from state to state is these and a few small words:
what is large lies in objects of the job (`shared.jobs.scratch`). Errors are matched by the names of their classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from functions.system.jobs import finish_job
from infra.constructs.service_function import TIMEOUT_S
from infra.names import Names
from shared.errors import JobEnded, PolarisError, TransientError
from shared.runtime.door import Door
from shared.runtime.function import Function
from shared.service_errors import GitHubRateLimited, Retryable

State = dict[str, Any]
States = dict[str, State]

CANCELLED: Final = "Cancelled"
FAIL: Final = "Fail"
FAILED: Final = "Failed"

MARGIN_S: Final = 10
"""How much longer than its Lambda a state waits, so that the Lambda's own time-out comes first."""


def _named(*kinds: type[PolarisError]) -> list[str]:
    """Return the names of errors, and of those that are declared as kinds of them."""
    found = []
    for kind in kinds:
        found += [kind.__name__, *_named(*kind.__subclasses__())]
    return found


def _retry(errors: Sequence[str], *, attempts: int, interval_s: int, most_s: int) -> State:
    return {
        "ErrorEquals": list(errors),
        "MaxAttempts": attempts,
        "IntervalSeconds": interval_s,
        "BackoffRate": 2,
        "MaxDelaySeconds": most_s,
        "JitterStrategy": "FULL",
    }


_BY_LAMBDA: Final = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
]
_CRASHES: Final = [
    "States.Timeout",
    "Sandbox.Timedout",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    PolarisError.__name__,
]
"""What a Lambda ends with that took too long, used too much memory, or met something unexpected."""

RETRIES: Final = [
    _retry([GitHubRateLimited.__name__], attempts=6, interval_s=60, most_s=900),
    _retry(_named(Retryable), attempts=5, interval_s=3, most_s=60),
    _retry([*_named(TransientError), *_BY_LAMBDA], attempts=5, interval_s=1, most_s=20),
    _retry(_CRASHES, attempts=2, interval_s=2, most_s=20),
]
"""What is tried again, and how often; the first that names an error counts, and anything else is an answer."""

CATCHES: Final = [
    {"ErrorEquals": [JobEnded.__name__], "ResultPath": "$.failure", "Next": CANCELLED},
    {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": FAIL},
]
"""A job that has ended stops its run; whatever else goes wrong ends the job."""


def task(
    names: Names,
    called: Door | Function[Any],
    *,
    then: str | None,
    parameters: State | None = None,
    result: str | None = "$",
    catches: Sequence[State] = CATCHES,
) -> State:
    """Return a state that calls a Lambda.

    Args:
        names: of the stage.
        called: what the Lambda runs.
        then: the next state, or None: its machine or branch ends with it, since each transition is charged for.
        parameters: what it is sent, or None: the state's input.
        result: where its answer goes, or None: it is dropped.
        catches: what becomes of errors.
    """
    path, timeout_s = (called.name, called.timeout_s) if isinstance(called, Door) else (called.path, None)
    return {
        "Type": "Task",
        "Resource": names.function_arn(path),
        "TimeoutSeconds": (timeout_s or TIMEOUT_S) + MARGIN_S,
        **({} if parameters is None else {"Parameters": parameters}),
        **({} if result == "$" else {"ResultPath": result}),
        "Retry": RETRIES,
        **({"Catch": list(catches)} if catches else {}),
        **({"End": True} if then is None else {"Next": then}),
    }


def choice(*rules: tuple[str, str | bool, str], otherwise: str) -> State:
    """Return a state that goes where the first rule of (path, value, next state) leads that holds."""
    kinds = {bool: "BooleanEquals", str: "StringEquals"}
    choices = [{"Variable": path, kinds[type(value)]: value, "Next": then} for path, value, then in rules]
    return {"Type": "Choice", "Choices": choices, "Default": otherwise}


def parallel(*branches: tuple[str, States], then: str) -> State:
    """Return a state that runs branches (first state, states) beside each other, and passes its input on."""
    return {
        "Type": "Parallel",
        "Branches": [{"StartAt": first, "States": states} for first, states in branches],
        "ResultPath": None,
        "Catch": CATCHES,
        "Next": then,
    }


def each(items: str, as_: str, concurrency: int, first: str, states: States, *, then: str) -> State:
    """Return a state that runs `states` for each of a list of names, and passes its input on.

    Args:
        items: path of the list.
        as_: what a name is called in the input of `first`, beside the job's id.
        concurrency: how many at once.
        first: the first of the states.
        states: the states.
        then: the next state.
    """
    return {
        "Type": "Map",
        "ItemsPath": items,
        "ItemSelector": {"jobId.$": "$.jobId", f"{as_}.$": "$$.Map.Item.Value"},
        "MaxConcurrency": concurrency,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": first, "States": states},
        "ResultPath": None,
        "Catch": CATCHES,
        "Next": then,
    }


def ending(names: Names, *, repo_url: str | None = None) -> States:
    """Return the states that end a job: `Complete`, and those that failures lead to.

    Args:
        names: of the stage.
        repo_url: path of where an export went, or None: it is no export.
    """
    job = {f"{name}.$": f"$.{name}" for name in ("jobId", "projectId", "kind")}
    completed = {**job, "status": "completed", **({"repoUrl.$": repo_url} if repo_url else {})}
    failed = {**job, "status": "failed", "error.$": "$.failure.Error", "cause.$": "$.failure.Cause"}
    return {
        "Complete": task(names, finish_job, then=None, parameters={"args": completed}, result=None),
        FAIL: task(names, finish_job, then=FAILED, parameters={"args": failed}, result=None, catches=()),
        CANCELLED: {"Type": "Succeed", "Comment": "The job was cancelled, replaced or given up: its run stops."},
        FAILED: {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"},
    }
