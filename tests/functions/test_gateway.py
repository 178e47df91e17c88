from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from functions import projects
from functions.gateway import call
from shared.runtime.environment import Environment
from tests.runtime.backend import LAMBDA, REQUEST_ID, backend, http_event, told

FIRST = f"[Request ID: {REQUEST_ID}] Server Error\n"


@pytest.fixture(autouse=True)
def deployment() -> Iterator[Environment]:
    with backend() as environment:
        yield environment


def post(route: str, body: Any, *, user: str | None = "ada", **headers: str) -> Any:
    authorization = {"authorization": f"Bearer token-of-{user}"} if user else {}
    return call(http_event(body, f"POST /api/{route}", **authorization, **headers), LAMBDA)


def answer(route: str, path: str, args: Any = None, **more: Any) -> Any:
    body = {"path": path, "args": [args or {}], "format": "convex_encoded_json", **more}
    response = post(route, body)
    assert response["statusCode"] == 200, response
    return told(response)


def create(name: str) -> str:
    body = answer("mutation", "projects:create", {"name": name})
    assert body["status"] == "success", body
    return str(body["value"])


def test_a_mutation_and_a_query_run_in_the_gateways_process() -> None:
    project_id = create("Apollo")
    assert answer("query", "projects:getById", {"id": project_id})["value"]["name"] == "Apollo"


@pytest.mark.parametrize("path", ["projects.js:getById", "projects:getById"])
def test_every_spelling_of_a_path_is_understood(path: str) -> None:
    assert answer("query", path, {"id": create("Apollo")})["status"] == "success"


def test_a_bare_object_of_arguments_is_understood() -> None:
    response = post("query", {"path": "projects:getById", "args": {"id": create("Apollo")}, "format": "json"})
    assert told(response)["value"]["name"] == "Apollo"


@pytest.mark.parametrize("route", ["query", "mutation", "action", "function", "query_at_ts"])
@pytest.mark.parametrize("path", ["projects:lst", "nothing:get", "projects", "projects:get_by_id", "projects/get:x"])
def test_an_unknown_function_is_told_as_convex_tells_it(route: str, path: str) -> None:
    assert answer(route, path, ts="AAAAAAAAAAA=") == {
        "status": "error",
        "errorMessage": f"{FIRST}Could not find public function for '{path}'.",
        "logLines": [],
    }


@pytest.mark.parametrize("path", ["projects:getById", "projects:create"])
def test_there_are_no_actions(path: str) -> None:
    assert answer("action", path)["errorMessage"] == f"{FIRST}Could not find public function for '{path}'."


def test_a_query_called_as_a_mutation_is_told_as_convex_tells_it() -> None:
    assert answer("mutation", "projects:getById")["errorMessage"] == (
        f"{FIRST}Trying to execute projects:getById as Mutation, but it is defined as Query."
    )


@pytest.mark.parametrize("route", ["query", "query_at_ts"])
def test_a_mutation_called_as_a_query_is_told_as_convex_tells_it(route: str) -> None:
    assert answer(route, "projects:create", ts="AAAAAAAAAAA=")["errorMessage"] == (
        f"{FIRST}Trying to execute projects:create as Query, but it is defined as Mutation."
    )


def test_any_function_can_be_called_as_a_function() -> None:
    project_id = answer("function", "projects:create", {"name": "Apollo"})["value"]
    assert answer("function", "projects:getById", {"id": project_id})["value"]["_id"] == project_id


@pytest.mark.parametrize("path", [None, 5, "", "a b:c", "/projects:get", "../projects:get", ":get", "projects:"])
def test_what_cannot_be_a_path_is_a_bad_request(path: Any) -> None:
    response = post("query", {"path": path, "args": {}})
    assert (response["statusCode"], told(response)["code"]) == (400, "BadConvexFunctionIdentifier")


def test_a_body_without_a_path_is_a_bad_request() -> None:
    response = post("query", {"args": {}})
    assert (response["statusCode"], told(response)["code"]) == (400, "BadConvexFunctionIdentifier")


def test_a_timestamp_is_64_bits_of_the_present_time_in_base64() -> None:
    response = call(http_event("", "POST /api/query_ts"), LAMBDA)
    ts = int.from_bytes(base64.b64decode(told(response)["ts"]), "little")
    assert abs(time.time_ns() - ts) < 60 * 10**9


def test_a_query_runs_at_a_timestamp_that_was_answered() -> None:
    ts = told(call(http_event("", "POST /api/query_ts"), LAMBDA))["ts"]
    assert answer("query_at_ts", "projects:getById", {"id": create("Apollo")}, ts=ts)["value"]["name"] == "Apollo"


@pytest.mark.parametrize("ts", [None, 5, "", "AAAA", "not base64!", "AAAAAAAAAAA", "AAAAAAAAAAAA", "AAAAAAAAAIA="])
def test_what_is_no_timestamp_is_a_bad_request(ts: Any) -> None:
    response = post("query_at_ts", {"path": "projects:getById", "args": {}, "ts": ts})
    assert (response["statusCode"], told(response)["code"]) == (400, "BadRequest")


def test_a_query_can_be_asked_for_by_get() -> None:
    event = http_event("", "GET /api/query", authorization="Bearer token-of-ada")
    parameters = {"path": "projects:getById", "args": json.dumps({"id": create("Apollo")})}
    response = call(event | {"queryStringParameters": parameters}, LAMBDA)
    assert told(response)["value"]["name"] == "Apollo"


@pytest.mark.parametrize("parameters", [None, {"path": "projects:get", "args": "{"}, {"args": "{}"}])
def test_a_get_that_cannot_be_understood_is_a_bad_request(parameters: Any) -> None:
    event = http_event("", "GET /api/query") | {"queryStringParameters": parameters}
    assert call(event, LAMBDA)["statusCode"] == 400


def test_a_get_understands_encoded_values() -> None:
    event = http_event("", "GET /api/query") | {
        "queryStringParameters": {"path": "projects:getById", "args": '{"id": {"$integer": "AQAAAAAAAAA="}}'}
    }
    assert "Path: .id\nValue: 1\n" in told(call(event, LAMBDA))["errorMessage"]


def test_a_mutation_cannot_be_asked_for_by_get() -> None:
    event = http_event("", "GET /api/query") | {
        "queryStringParameters": {"path": "projects:create", "args": '{"name": "Apollo"}'}
    }
    assert "defined as Mutation" in told(call(event, LAMBDA))["errorMessage"]


def test_an_idempotency_key_holds_across_the_gateway_and_the_functions_own_route() -> None:
    headers = {"idempotency_key": "k", "authorization": "Bearer token-of-ada"}
    args = {"name": "Apollo"}
    first = call(http_event({"path": "projects:create", "args": args}, "POST /api/mutation", **headers), LAMBDA)
    again = projects.create(http_event({"args": args}, **headers), LAMBDA)
    assert told(first) == told(again)


def test_the_log_names_the_function_and_no_unknown_path(capsys: pytest.CaptureFixture[str]) -> None:
    create("Apollo")
    answer("query", "hush:hush")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["function"], first["kind"]) == ("projects:create", "mutation")
    assert (second["function"], second["outcome"]) == ("gateway", "FUNCTION_NOT_FOUND")
    assert "hush" not in json.dumps(second)
