"""Runs state machines as the product defines them, on the Lambdas of a deployment in memory.

It knows what `infra.machines` uses of Amazon States Language (JSONPath): Task, Choice, Parallel, Map, Pass, Succeed
and Fail, with their retries and catches. Time is the deployment's: waiting takes none.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from infra.machines.catalogue import definitions
from infra.names import Names
from infra.stage import Stage
from shared.runtime.door import Door
from shared.runtime.function import Function

Json = dict[str, Any]
NAMES = Names(Stage(), "aws", "eu-central-1", "111122223333", "amazonaws.com")


class StateFailed(Exception):
    """What Step Functions knows of an error."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


@dataclass
class Run:
    """An execution.

    Attributes:
        status: SUCCEEDED or FAILED.
        states: names of the states that were entered, in order.
        calls: how often Lambdas were called.
        output: what the last state put out, or the error and its cause.
    """

    status: str = "RUNNING"
    states: list[str] = field(default_factory=list)
    calls: int = 0
    output: Any = None

    @property
    def transitions(self) -> int:
        """What AWS charges for: the states that were entered, tries included."""
        return len(self.states)


Call = Callable[[str, Any, Callable[[], Any]], Any]
"""Told of the state, what its Lambda is sent, and how to call it; returns the answer, or raises in its place."""


class Machine:
    """A state machine of the product.

    Args:
        name: such as `process-message`.
        lambdas: the functions and doors there are.
        call: stands between the states and their Lambdas, for tests that disturb them.
        wait: lets the seconds before another try pass.
    """

    def __init__(
        self,
        name: str,
        lambdas: Iterable[Door | Function[Any]],
        call: Call = lambda _state, _event, call: call(),
        wait: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self.definition = definitions(NAMES)[name]
        self._lambdas = {NAMES.function_arn(one.name if isinstance(one, Door) else one.path): one for one in lambdas}
        self._call = call
        self._wait = wait
        self.run = Run()

    def start(self, given: Json) -> Run:
        """Run to the end."""
        self.run = Run()
        try:
            self.run.output = self._walk(self.definition, given)
            self.run.status = "SUCCEEDED"
        except StateFailed as failure:
            self.run.output, self.run.status = {"error": failure.error, "cause": failure.cause}, "FAILED"
        return self.run

    def _walk(self, machine: Json, given: Any) -> Any:
        name: str | None = machine["StartAt"]
        while name is not None:
            state = machine["States"][name]
            self.run.states.append(name)
            try:
                given, name = self._tried(name, state, given)
            except StateFailed as failure:
                caught = next((c for c in state.get("Catch", ()) if _matches(c["ErrorEquals"], failure.error)), None)
                if caught is None:
                    raise
                told = {"Error": failure.error, "Cause": failure.cause}
                given, name = _placed(given, caught.get("ResultPath", "$"), told), caught["Next"]
        return given

    def _tried(self, name: str, state: Json, given: Any) -> tuple[Any, str | None]:
        tries: dict[int, int] = {}
        while True:
            try:
                return self._entered(name, state, given)
            except StateFailed as failure:
                number, retry = _retrier(state, failure.error)
                if tries.get(number, 0) >= retry.get("MaxAttempts", 0):
                    raise
                delay_s = retry["IntervalSeconds"] * retry["BackoffRate"] ** tries.get(number, 0)
                self._wait(min(delay_s, retry["MaxDelaySeconds"]))
                tries[number] = tries.get(number, 0) + 1
                self.run.states.append(name)

    def _entered(self, name: str, state: Json, given: Any) -> tuple[Any, str | None]:
        then = state.get("Next")
        match state["Type"]:
            case "Task":
                sent = _filled(state["Parameters"], given) if "Parameters" in state else given
                return _placed(given, state.get("ResultPath", "$"), self._invoke(name, state, sent)), then
            case "Choice":
                return given, next((c["Next"] for c in state["Choices"] if _holds(c, given)), state["Default"])
            case "Parallel":
                outputs = [self._walk(branch, copy.deepcopy(given)) for branch in state["Branches"]]
                return _placed(given, state.get("ResultPath", "$"), outputs), then
            case "Map":
                items = [_filled(state["ItemSelector"], given, item) for item in _at(given, state["ItemsPath"])]
                outputs = [self._walk(state["ItemProcessor"], item) for item in items]
                return _placed(given, state.get("ResultPath", "$"), outputs), then
            case "Pass" | "Succeed":
                return given, then
            case "Fail":
                raise StateFailed(_at(given, state["ErrorPath"]), _at(given, state["CausePath"]))
        raise AssertionError(state["Type"])

    def _invoke(self, name: str, state: Json, sent: Any) -> Any:
        function = self._lambdas[state["Resource"]]
        event = json.loads(json.dumps(sent))
        self.run.calls += 1

        def call() -> Any:
            return function(event, None)

        try:
            return json.loads(json.dumps(self._call(name, event, call)))
        except StateFailed:
            raise
        except Exception as error:
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
            raise StateFailed(type(error).__name__, json.dumps(told)) from error


def _retrier(state: Json, error: str) -> tuple[int, Json]:
    """Return the number and the content of the retrier that decides on an error; an empty one: there is none."""
    for number, retry in enumerate(state.get("Retry", ())):
        if _matches(retry["ErrorEquals"], error):
            return number, retry
    return -1, {}


def _matches(names: list[str], error: str) -> bool:
    return error in names or "States.ALL" in names


def _at(given: Any, path: str) -> Any:
    for name in path.removeprefix("$").split("."):
        given = given[name] if name else given
    return given


def _filled(template: Any, given: Any, item: Any = None) -> Any:
    if not isinstance(template, dict):
        return template
    filled = {}
    for name, value in template.items():
        if not name.endswith(".$"):
            filled[name] = _filled(value, given, item)
        else:
            filled[name.removesuffix(".$")] = item if value == "$$.Map.Item.Value" else _at(given, value)
    return filled


def _placed(given: Any, path: str | None, result: Any) -> Any:
    if path is None:
        return given
    if path == "$":
        return result
    placed = copy.deepcopy(given)
    *above, last = path.removeprefix("$.").split(".")
    _at(placed, ".".join(["$", *above]))[last] = result
    return placed


def _holds(rule: Json, given: Any) -> bool:
    wanted = rule["BooleanEquals"] if "BooleanEquals" in rule else rule["StringEquals"]
    found = _at(given, rule["Variable"])
    return type(found) is type(wanted) and bool(found == wanted)
