"""The running backend against its OpenAPI description, asked by schemathesis."""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

import functions
from shared.codegen.openapi import openapi
from shared.runtime.registry import discover, discover_doors
from shared.schema.document import DOCUMENTS
from tests.e2e.dev_server import DevServer

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
"""Not those that expect a 4xx of wrong arguments: Convex's clients need a 200 with the error in it."""

ASKS_OTHERS = ("/api/autumn/sync", "/api/github/status")
"""Routes that ask services which `make dev` has not."""

REGISTRY = discover(functions)
DESTROYS = ("delete", "cleanup")

OF_ONE_FUNCTION = {GenerationMode.POSITIVE: 2, GenerationMode.NEGATIVE: 1}
OF_A_DOOR = {GenerationMode.POSITIVE: 10, GenerationMode.NEGATIVE: 4}
"""How many requests of each kind an operation is sent."""

SETTINGS = settings(
    database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=False
)


class Asker:
    """Sends requests to a backend, and knows what to put into them.

    Most functions are called through the gateway, which runs them all in one process; some at their own routes.
    """

    def __init__(self, server: DevServer) -> None:
        self.server = server
        self.session = requests.Session()
        self.token = f"Bearer {server.token(f'person-{uuid.uuid4()}')}"
        # The same in each run, since the suite is to tell of changes; other seeds are for looking further.
        self.seed = int(os.environ.get("POLARIS_OPENAPI_SEED", "1"))
        print(f"seed {self.seed}")
        self.random = random.Random(self.seed)
        paths = self.random.sample([*REGISTRY], len(REGISTRY))
        self.called_directly = {REGISTRY[path].module: path for path in paths}.values()

    def run(self, path: str, **args: Any) -> Any:
        """Call a function as somebody who may, and return its value."""
        url = f"{self.server.url}/api/{REGISTRY[path].kind}"
        body: Any = {"path": path, "args": args, "format": "json"}
        answer = self.session.post(url, json=body, headers={"Authorization": self.token}).json()
        assert answer["status"] == "success", answer
        return answer["value"]

    def learn(self) -> None:
        """Make a project, and let schemathesis use its ids, and tokens and keys, beside some that are wrong."""
        project = self.run("projects:create", name="Described")
        conversation = self.run("conversations:create", projectId=project)
        message = {"conversationId": conversation, "projectId": project, "role": "assistant", "content": ""}
        upload_urls = [self.run("files:generateUploadUrl", projectId=project) for _ in range(2)]
        stored = self.session.post(upload_urls[0], data=b"stored").json()["storageId"]
        binary = self.run("files:uploadFile", projectId=project, name="binary", storageId=stored)
        key = self.server.internal_key
        known = {
            "projects": project,
            "files": self.run("files:createFile", projectId=project, name="text", content="text"),
            "conversations": conversation,
            "messages": self.run("system:createMessage", internalKey=key, **message, status="processing"),
            "users": self.run("users:getOrCreateUser")["_id"],
            "_storage": stored,
        }
        for table, document in DOCUMENTS.items():
            unknown = str(document.mint_id(self.random.randbytes(16)))
            offer(f"{table}-id", known.get(table, unknown), unknown, "no id")
        offer("password", key, "wrong")
        offer("function-path", *REGISTRY, "nothing:here", "nowhere", "no path")
        offer("upload-token", upload_urls[1].partition("token=")[2], "wrong")
        offer("uuid", self.run("files:getDownloadUrl", id=binary).rpartition("/")[2], str(uuid.uuid4()), "no uuid")

    def is_at_a_door(self, operation: Any) -> bool:
        """Tell whether an operation is sent to its own route."""
        return path_of(operation) is None or path_of(operation) in self.called_directly

    def ask(self, operation: Any, headers: Mapping[str, str]) -> None:
        """Send requests, right and wrong, and check the answers."""
        for mode, examples in (OF_A_DOOR if path_of(operation) is None else OF_ONE_FUNCTION).items():

            @seed(self.seed)
            @settings(SETTINGS, max_examples=examples)
            @given(case=operation.as_strategy(generation_mode=mode))
            def check(case: Any) -> None:
                wanted = CHECKS[1:] if operation.path in ASKS_OTHERS else CHECKS
                case.validate_response(self.send(case, headers), checks=wanted)

            # There may be nothing that is wrong, as in a request without body and parameters.
            with suppress(*[Unsatisfiable] * (mode is GenerationMode.NEGATIVE)):
                check()

    def send(self, case: Any, headers: Mapping[str, str]) -> Any:
        """Send one request."""
        request = case.as_transport_kwargs(base_url=self.server.url, headers=dict(headers))
        if not self.is_at_a_door(case.operation):
            path = path_of(case.operation)
            request["url"] = f"{self.server.url}/api/{REGISTRY[path].kind}"
            if isinstance(request.get("json"), dict):
                request["json"] = {"format": "json", **request["json"], "path": path}
        return self.session.request(**request)


def path_of(operation: Any) -> Any:
    """Return the path of the function that an operation calls, or None."""
    return operation.definition.raw.get("x-convex", {}).get("path")


def offer(name: str, *values: str) -> None:
    """Let schemathesis take these for strings of a format."""
    schemathesis.openapi.format(name, st.sampled_from(values))


def operations(description: dict[str, Any]) -> Iterator[Any]:
    """Return all operations, those last that leave the others nothing to find."""
    results: Any = schemathesis.openapi.from_dict(description).get_all_operations()
    found = [result.ok() for result in results]
    yield from sorted(found, key=lambda operation: any(word in operation.path for word in DESTROYS))


def description_of(server: DevServer) -> dict[str, Any]:
    return dict(json.loads(openapi(REGISTRY, discover_doors(functions), server.url)))


@pytest.fixture
def asker(dev_server: DevServer) -> Asker:
    made = Asker(dev_server)
    made.learn()
    return made


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "anonymous"])
def test_answers_are_those_that_are_described(asker: Asker, signed_in: bool) -> None:
    for operation in operations(description_of(asker.server)):
        asker.ask(operation, {"Authorization": asker.token} if signed_in else {})


@pytest.mark.parametrize("header", ["Bearer forged", "Basic eDp5"])
def test_what_a_wrong_authorization_is_told_is_described(asker: Asker, header: str) -> None:
    for operation in operations(description_of(asker.server)):
        if asker.is_at_a_door(operation):
            asker.ask(operation, {"Authorization": header})


def test_an_answer_that_is_not_described_is_noticed(asker: Asker) -> None:
    description = description_of(asker.server)
    path = "/api/query_ts"
    [described] = description["paths"][path]["post"]["responses"]["200"]["content"].values()
    described["schema"]["properties"]["ts"] = {"type": "number"}
    [operation] = [operation for operation in operations(description) if operation.path == path]
    with pytest.raises(FailureGroup, match="Response violates schema"):
        asker.ask(operation, {})
