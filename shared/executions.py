"""Executions of state machines, by the names of both; the name of an execution is that of its job."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Protocol


class Executions(Protocol):
    """Starts and stops executions."""

    def start(self, machine: str, name: str, given: dict[str, Any]) -> None:
        """Start an execution; one of this name that was started before is the same."""

    def stop(self, machine: str, name: str) -> None:
        """Stop an execution, if it goes on."""


class StepFunctions:
    """Executions on AWS.

    Args:
        client: a botocore client of Step Functions.
        machines: ARN of the state machines without their names.
    """

    def __init__(self, client: Any, machines: str) -> None:
        self._client = client
        self._machines = machines

    def start(self, machine: str, name: str, given: dict[str, Any]) -> None:
        """Start an execution; one of this name that was started before is the same."""
        with suppress(self._client.exceptions.ExecutionAlreadyExists):
            self._client.start_execution(stateMachineArn=self._machines + machine, name=name, input=json.dumps(given))

    def stop(self, machine: str, name: str) -> None:
        """Stop an execution, if it goes on."""
        arn = self._machines.replace(":stateMachine:", ":execution:") + f"{machine}:{name}"
        with suppress(self._client.exceptions.ExecutionDoesNotExist, self._client.exceptions.ValidationException):
            self._client.stop_execution(executionArn=arn)
