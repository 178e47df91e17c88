"""Requests that no client sends: they are refused as the caller's fault, change nothing and ring no alarm."""

from __future__ import annotations

import json
from typing import Any

import pytest

import functions
from shared.runtime.door import Door
from shared.runtime.environment import use
from shared.runtime.registry import discover_doors
from tests.functions.rows import Rows
from tests.functions.state import stored
from tests.routes.samples import GITHUB, SAMPLES
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, http_event, told
from tests.support.backend import Backend

DOORS: dict[str, Door] = {key: door for door in discover_doors(functions) for key in door.routes}
CLIENTS = ("POST /api/query", "POST /api/mutation", "POST /api/function")
DEEP = "[" * 900 + "]" * 900
ABYSS = "[" * 200_000

HOSTILE = {
    "nested deeply": DEEP,
    "nested without end": ABYSS,
    "half a character": '"\\ud800"',
    "a number that no float is": "1e999",
    "a number of 5,000 digits": "9" * 5000,
    "not a number": "NaN",
    "an array of 10,000": json.dumps([0] * 10_000),
    "a prototype": '{"__proto__": {"isAdmin": true}}',
    "an operator": '{"$gt": ""}',
    "a constructor": '{"constructor": {"prototype": {"x": 1}}}',
}


class Log:
    """What was logged of the calls."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def outcomes(self) -> list[str]:
        return [json.loads(line)["outcome"] for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    capsys.readouterr()
    return Log(capsys)


def send(backend: Backend, route: str, text: str, **headers: str) -> tuple[int, Any]:
    event = http_event(text, route, **{"authorization": "Bearer token-of-ada", **headers})
    with use(backend.environment):
        response = DOORS[route](event, LAMBDA)
    response["body"].encode()  # or Lambda could not send it
    return response["statusCode"], told(response)


@pytest.mark.parametrize("route", CLIENTS)
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_argument_is_the_callers_fault(backend: Backend, log: Log, route: str, value: str) -> None:
    before = stored(backend)
    path = "projects:getById" if "query" in route else "projects:create"
    status, body = send(backend, route, f'{{"path": "{path}", "args": {{"name": {value}, "id": {value}}}}}')
    assert (status, body.get("status")) in ((400, None), (200, "error"))
    assert "INTERNAL" not in log.outcomes()
    assert stored(backend) == before


@pytest.mark.parametrize("route", [key for key in SAMPLES if SAMPLES[key](Rows(*["-"] * 10))])
def test_a_hostile_field_of_a_route_is_the_callers_fault(backend: Backend, rows: Rows, log: Log, route: str) -> None:
    fields = SAMPLES[route](rows)
    before = stored(backend)
    for name in fields:
        for value in HOSTILE.values():
            marked = json.dumps({**fields, name: "MARK"}).replace('"MARK"', value)
            status, body = send(backend, route, marked, **GITHUB)
            assert 400 <= status < 500, (name, value[:40], body)
    assert "INTERNAL" not in log.outcomes()
    assert stored(backend) == before


@pytest.mark.parametrize("text", ['{"path": "\\ud800", "args": {}}', '{"path": "a:b", "format": "\\uDFFF"}'])
def test_half_a_character_is_refused_before_it_can_be_answered(backend: Backend, text: str) -> None:
    status, body = send(backend, "POST /api/query", text)
    assert (status, body["code"]) == (400, "BadRequest")
    assert "surrogate" in body["message"]


def test_characters_in_two_halves_are_whole(backend: Backend) -> None:
    text = '{"path": "projects:create", "args": {"name": "\\ud83d\\ude80"}}'
    assert send(backend, "POST /api/mutation", text)[1]["status"] == "success"
    assert [row["name"] for row in backend.rows("projects")] == ["🚀"]


def test_the_internal_key_is_not_taken_from_an_address(backend: Backend, rows: Rows) -> None:
    args = json.dumps({"internalKey": INTERNAL_KEY, "projectId": rows.project})
    event = http_event("", "GET /api/query")
    event["queryStringParameters"] = {"path": "system:getProjectById", "args": args}
    with use(backend.environment):
        response = DOORS["GET /api/query"](event, LAMBDA)
    assert response["statusCode"] == 400
    assert "by POST" in told(response)["message"]


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-forwarded-for", "forwarded", "host", "x-original-url"])
def test_no_header_changes_where_uploads_go_or_who_calls(backend: Backend, rows: Rows, header: str) -> None:
    text = json.dumps({"path": "files:generateUploadUrl", "args": {"projectId": rows.project}})
    _, body = send(backend, "POST /api/mutation", text, **{header.replace("-", "_"): "evil.example"})
    assert body["value"].startswith("https://polaris.example/api/storage/upload?token=")


def test_a_cookie_signs_nobody_in(backend: Backend) -> None:
    event = http_event({"path": "projects:get", "args": {}}, "POST /api/query", cookie="token=token-of-ada")
    event["cookies"] = ["authorization=Bearer token-of-ada", "__session=token-of-ada"]
    with use(backend.environment):
        assert "UNAUTHENTICATED" in DOORS["POST /api/query"](event, LAMBDA)["body"]
