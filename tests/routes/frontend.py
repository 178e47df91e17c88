"""A frontend that calls the HTTP routes of a deployment in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import functions
from shared.job_settings import JobSettings
from shared.runtime.door import Door
from shared.runtime.environment import use
from shared.runtime.registry import discover_doors
from tests.functions.callers import Client
from tests.runtime.backend import LAMBDA, http_event
from tests.support.backend import Backend
from tests.support.memory_services import MemoryServices


class Answer(NamedTuple):
    """A response; its JSON."""

    status: int
    body: Any


@cache
def doors() -> dict[str, Door]:
    """Return the doors of the routes of frontends, by route key."""
    found = [door for door in discover_doors(functions) if door.handler.startswith("functions.routes.")]
    return {key: door for door in found for key in door.routes}


@dataclass(frozen=True)
class Frontend:
    """Somebody's browser, or the server behind it.

    Attributes:
        backend: the deployment.
        subject: who is signed in, or None.
    """

    backend: Backend
    subject: str | None = "ada"

    def as_(self, subject: str | None) -> Frontend:
        """Return the frontend of somebody else."""
        return replace(self, subject=subject)

    @property
    def client(self) -> Client:
        """Their Convex client."""
        assert self.subject is not None
        return self.backend.as_user(self.subject)

    def ask(self, route: str, _fields: Any = None, /, **headers: str) -> Answer:
        """Send a request with a JSON body, given as an object or as text, or without one."""
        key, _, query = route.partition("?")
        event = http_event("" if _fields is None else _fields, key)
        event["headers"] = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.subject is not None:
            event["headers"].setdefault("authorization", f"Bearer token-of-{self.subject}")
        if query:
            event["queryStringParameters"] = dict(part.split("=", 1) for part in query.split("&"))
        with use(self.backend.environment):
            response = doors()[key](event, LAMBDA)
        assert response["headers"]["content-type"] == "application/json"
        return Answer(response["statusCode"], json.loads(response["body"]))

    @contextmanager
    def with_settings(self, **changed: Any) -> Iterator[None]:
        """Let the deployment have other settings of jobs meanwhile."""
        before = self.backend.environment
        settings: JobSettings = before.services.settings._replace(**changed)
        self.backend.environment = replace(before, services=MemoryServices(settings))
        try:
            yield
        finally:
            self.backend.environment = before

    def jobs(self, kind: str) -> list[dict[str, Any]]:
        """Return the stored rows of jobs of a kind."""
        return [row for row in self.backend.rows("jobs") if row["kind"] == kind]


def told(job: dict[str, Any]) -> Any:
    """Return what the steps of a job are told."""
    return json.loads(job["input"]["json"])
