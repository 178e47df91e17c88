"""How callers are told that they do too much at a time, and who never is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from functions import gateway, projects
from functions.routes import messages as message_routes
from functions.system.projects import get_project_by_id
from shared.auth.admin import issue
from shared.limit_settings import Limits
from shared.limits.allowances import Allowances
from shared.runtime.environment import Environment, use
from shared.runtime.function import Function
from shared.schema.ids import mint
from shared.schema.tables import Conversation
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, http_event, make_environment, told

ADA = {"authorization": "Bearer token-of-ada"}
BOB = {"authorization": "Bearer token-of-bob"}


@pytest.fixture(autouse=True)
def deployment() -> Iterator[Environment]:
    here = make_environment()
    few = Limits(queries=2, mutations=2, anonymous=2, starts=1)
    with use(replace(here, allowances=Allowances(here.database.store, few))) as environment:
        yield environment


def run(function: Function[Any], args: Any = None, *, address: str = "203.0.113.7", **headers: str) -> Any:
    event = http_event({"args": args or {}}, f"POST {function.route}", **headers)
    event["requestContext"]["http"]["sourceIp"] = address
    return function(event, LAMBDA)


def create(**headers: str) -> Any:
    return run(projects.create, {"name": "Apollo"}, **headers)


def test_a_functions_own_door_answers_429_and_when_to_try_again() -> None:
    responses = [create(**ADA) for _ in range(3)]
    assert [response["statusCode"] for response in responses] == [200, 200, 429]
    assert 1 <= int(responses[-1]["headers"]["retry-after"]) <= 10
    assert told(responses[-1])["errorData"]["code"] == "RATE_LIMITED"


def test_the_convex_clients_are_told_by_a_convex_error() -> None:
    body = {"path": "projects:create", "args": [{"name": "Apollo"}], "format": "convex_encoded_json"}
    event = http_event(body, "POST /api/mutation", **ADA)
    *_, response = [gateway.call(event, LAMBDA) for _ in range(3)]
    assert response["statusCode"] == 200
    assert response["headers"]["retry-after"]
    error = told(response)
    assert error["status"] == "error"
    assert error["errorData"] == {
        "code": "RATE_LIMITED",
        "message": error["errorMessage"].partition("Uncaught ConvexError: ")[2],
        "retryAfterMs": 1000.0 * int(response["headers"]["retry-after"]),
    }


def test_what_was_refused_has_not_happened_and_happens_once_after_the_wait(deployment: Environment) -> None:
    create(**ADA), create(**ADA)
    refused = create(**ADA, idempotency_key="third")
    deployment.database.store.clock.sleep(int(refused["headers"]["retry-after"]))
    ids = {told(create(**ADA, idempotency_key="third"))["value"] for _ in range(2)}
    assert len(ids) == 1
    assert len(told(run(projects.get, **ADA))["value"]) == 3


def test_a_bystander_is_not_refused() -> None:
    for _ in range(5):
        create(**ADA)
    assert create(**BOB)["statusCode"] == 200


def test_who_is_not_signed_in_is_counted_by_address() -> None:
    statuses = [run(projects.get)["statusCode"] for _ in range(3)]
    assert (statuses, run(projects.get, address="203.0.113.8")["statusCode"]) == ([200, 200, 429], 200)


def test_a_claimed_address_is_not_believed() -> None:
    statuses = [run(projects.get, x_forwarded_for=f"198.51.100.{number}")["statusCode"] for number in range(3)]
    assert statuses == [200, 200, 429]


def test_the_apps_own_servers_are_not_limited() -> None:
    args = {"internalKey": INTERNAL_KEY, "projectId": told(create(**ADA))["value"]}
    assert {run(get_project_by_id, args)["statusCode"] for _ in range(10)} == {200}


def test_whom_iam_admits_is_not_limited() -> None:
    event = {"args": {}, "identity": {"subject": "ada", "issuer": "https://id.example"}}
    assert [projects.get(event, LAMBDA) for _ in range(10)] == [[]] * 10


def test_administrators_are_not_limited(deployment: Environment) -> None:
    from functions.admin.gateway import call  # noqa: PLC0415 - its registry is of what stands at the time

    token = issue(deployment.database.store.signer, "ops", 2e9)
    body = {"path": "admin:listActions", "args": {}, "format": "json"}
    event = http_event(body, "POST /api/admin/query", authorization=f"Bearer {token}")
    codes = {told(call(event, LAMBDA)).get("errorData", {}).get("code") for _ in range(10)}
    assert "RATE_LIMITED" not in codes


def test_a_route_answers_429_in_words_that_frontends_show() -> None:
    event = http_event(
        {"conversationId": mint(Conversation.number, bytes(16)), "message": "Hi"}, "POST /api/messages", **ADA
    )
    message_routes.start(event, LAMBDA)
    response = message_routes.start(event, LAMBDA)
    assert response["statusCode"] == 429
    assert int(response["headers"]["retry-after"]) <= 600
    assert json.loads(response["body"])["error"].startswith(
        "Too many starts of jobs: at most 1 are allowed within 600 s."
    )
