"""The services that jobs call, in memory."""

from __future__ import annotations

from typing import Any

from shared.job_settings import JobSettings


class MemoryExecutions:
    """Notes what is started and stopped.

    Attributes:
        started: (machine, name, input) of each execution, in the order in which they were started.
        stopped: (machine, name) of each that was stopped.
    """

    def __init__(self) -> None:
        self.started: list[tuple[str, str, dict[str, Any]]] = []
        self.stopped: list[tuple[str, str]] = []

    def start(self, machine: str, name: str, given: dict[str, Any]) -> None:
        if all((machine, name) != other[:2] for other in self.started):
            self.started.append((machine, name, given))

    def stop(self, machine: str, name: str) -> None:
        self.stopped.append((machine, name))


class MemoryServices:
    """Services of a deployment in memory; tests set those that they need."""

    def __init__(self, settings: JobSettings | None = None) -> None:
        self.settings = settings or JobSettings()
        self.executions = MemoryExecutions()
