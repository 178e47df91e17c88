"""Executions of state machines, as their history tells of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.errors import NotFound

Json = dict[str, Any]

_MOST: Final = 100
_MOST_EVENTS: Final = 2000
_ENTERED: Final = "StateEntered"
_EXITED: Final = "StateExited"
_MISSING: Final = ("StateMachineDoesNotExist", "ExecutionDoesNotExist", "InvalidArn")


@dataclass(frozen=True)
class Machines:
    """The state machines of a stage.

    Attributes:
        client: a botocore client of Step Functions.
        machines: ARN of the state machines without their names.
    """

    client: Any
    machines: str

    def executions(self, kind: str, status: str | None, cursor: str | None) -> tuple[list[Json], str | None]:
        """Return the newest executions of a machine, and where to go on.

        Raises:
            NotFound: there is no such machine.
        """
        chosen = {"statusFilter": status.upper()} if status else {}
        start = {"nextToken": cursor} if cursor else {}
        answer = self._ask(
            "list_executions", kind, stateMachineArn=self.machines + kind, maxResults=_MOST, **chosen, **start
        )
        found = [
            {
                "name": execution["name"],
                "kind": kind,
                "status": execution["status"].lower(),
                "startedAt": _ms(execution["startDate"]),
                **({"stoppedAt": _ms(execution["stopDate"])} if execution.get("stopDate") else {}),
            }
            for execution in answer["executions"]
        ]
        return found, answer.get("nextToken")

    def execution(self, kind: str, name: str) -> Json:
        """Return what an execution was given, how it went through its states, and its machine's definition.

        Raises:
            NotFound: there is no such execution; Step Functions forgets them after 90 days.
        """
        arn = self.machines.replace(":stateMachine:", ":execution:") + f"{kind}:{name}"
        told = self._ask("describe_execution", name, executionArn=arn)
        machine = self._ask("describe_state_machine", kind, stateMachineArn=told["stateMachineArn"])
        return {
            "status": told["status"].lower(),
            "startedAt": _ms(told["startDate"]),
            **({"stoppedAt": _ms(told["stopDate"])} if told.get("stopDate") else {}),
            "input": _parsed(told.get("input")),
            **{field: told[field] for field in ("error", "cause") if told.get(field)},
            "states": states_of(self._history(arn, name)),
            "definition": _parsed(machine["definition"]),
        }

    def _history(self, arn: str, name: str) -> list[Json]:
        events: list[Json] = []
        start: dict[str, str] = {}
        while len(events) < _MOST_EVENTS:
            answer = self._ask(
                "get_execution_history",
                name,
                executionArn=arn,
                maxResults=1000,
                includeExecutionData=False,
                **start,
            )
            events += answer["events"]
            if not answer.get("nextToken"):
                break
            start = {"nextToken": answer["nextToken"]}
        return events

    def _ask(self, operation: str, named: str, **request: Any) -> Any:
        try:
            return getattr(self.client, operation)(**request)
        except self.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise NotFound(f"There is no {named} in Step Functions") from None
            raise


def states_of(events: list[Json]) -> list[Json]:
    """Return the states that an execution has come to, in the order in which it first did.

    Each has how it stands (`entered`, `succeeded`, `failed`), when that was, and how often it was tried.
    """
    states: dict[str, Json] = {}
    by_event: dict[int, str] = {}
    last = ""
    for event in events:
        kind, at_ms = event["type"], _ms(event["timestamp"])
        if kind.endswith(_ENTERED):
            name = event["stateEnteredEventDetails"]["name"]
            state = states.setdefault(name, {"name": name, "attempts": 0})
            state.update(status="entered", at=at_ms, attempts=state["attempts"] + 1)
        elif kind.endswith(_EXITED):
            name = event["stateExitedEventDetails"]["name"]
            states.setdefault(name, {"name": name, "attempts": 1}).update(status="succeeded", at=at_ms)
        else:
            name = by_event.get(event.get("previousEventId", 0)) or last
            if kind.endswith(("Failed", "TimedOut", "Aborted")) and name in states:
                states[name].update(status="failed", at=at_ms)
            elif kind.endswith("Scheduled") and by_event.get(-event.get("previousEventId", 0)) and name in states:
                states[name].update(status="entered", at=at_ms, attempts=states[name]["attempts"] + 1)
        if kind.startswith("Execution") and kind.endswith(("Failed", "TimedOut", "Aborted")):
            for state in states.values():
                state["status"] = "failed" if state["status"] == "entered" else state["status"]
        by_event[event["id"]] = last = name
        if kind.endswith(("Failed", "TimedOut")):
            by_event[-event["id"]] = name  # what is scheduled next to a failure is a further try
    return list(states.values())


def _ms(time: datetime) -> float:
    return time.timestamp() * 1000


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return text
