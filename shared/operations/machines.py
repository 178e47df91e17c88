"""Executions of state machines, as their history tells of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.errors import NotFound
from shared.operations.history import states_of

Json = dict[str, Any]

_MOST: Final = 100
_MOST_EVENTS: Final = 2000
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


def _ms(time: datetime) -> float:
    return time.timestamp() * 1000


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return text
