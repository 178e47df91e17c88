"""The services that jobs call, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from shared.billing.autumn import Autumn
from shared.github.tokens import ConnectedAccounts
from shared.job_settings import JobSettings
from shared.model.port import Model, ModelEvent, Request
from shared.operations.operations import Operations
from shared.settings import Settings
from shared.web.reader import PublicWeb, Web

SERVER_KEY: Final = "sk_test_the_key_of_this_backend_at_others"
"""The key for the identity provider and for Autumn; both are asked only where the settings name a secret."""


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


class NoModel:
    """What a deployment asks whose test has no model."""

    def stream(self, request: Request) -> Iterator[ModelEvent]:
        raise AssertionError(f"No model is there to be asked: {request}")


def _nothing(service: str) -> Any:
    raise AssertionError(f"No {service} is there to be asked")


class MemoryServices:
    """Services of a deployment in memory; tests set those that they need."""

    def __init__(self, settings: JobSettings | None = None) -> None:
        self.settings = settings or JobSettings()
        self.executions = MemoryExecutions()
        self.accounts = ConnectedAccounts(self.settings, lambda: SERVER_KEY)
        self.billing = Autumn(self.settings, lambda: SERVER_KEY)
        self.model: Model = NoModel()
        self.operations = Operations(Settings("polaris-test-", "", "", "", "", ""), "", client=_nothing)
        self.web: Web = PublicWeb(lambda _host, _port: [])
