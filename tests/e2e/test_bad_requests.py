"""Requests that cannot be right, sent to the running backend: a clear answer with the right status."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import urllib3

from tests.e2e.dev_server import DevServer

HTTP = urllib3.PoolManager(retries=False)


def post(server: DevServer, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    sent = {"Content-Type": "application/json", **headers}
    answer = HTTP.request("POST", f"{server.url}{path}", body=body, headers=sent)
    return answer.status, json.loads(answer.data)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"path": 1}', b'"x"', b"{}" * 2],
)
def test_a_body_that_cannot_be_understood_is_a_bad_request(dev_server: DevServer, body: bytes) -> None:
    status, answer = post(dev_server, "/api/query", body)
    assert status == 400
    assert set(answer) == {"code", "message"}


def test_a_body_of_20_mb_is_too_large(dev_server: DevServer) -> None:
    body = json.dumps({"path": "projects:create", "args": {"name": "x" * 20_000_000}}).encode()
    status, answer = post(dev_server, "/api/mutation", body)
    assert status == 413
    assert set(answer) >= {"code", "message"}


def test_an_authorization_header_of_another_kind_is_a_bad_request(dev_server: DevServer) -> None:
    status, _ = post(dev_server, "/api/query", b'{"path": "projects:get", "args": {}}', Authorization="Basic eDp5")
    assert status == 400


def test_a_function_that_is_not_there_is_told_as_convex_tells_it(dev_server: DevServer) -> None:
    status, answer = post(dev_server, "/api/query", b'{"path": "nothing:here", "args": {}}')
    assert (status, answer["status"]) == (200, "error")
    assert "Could not find public function for 'nothing:here'." in answer["errorMessage"]


def test_a_path_that_is_not_there_is_not_found(dev_server: DevServer) -> None:
    assert post(dev_server, "/api/nothing", b"{}")[0] == 404


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\0b", "x" * 1000])
def test_a_name_that_no_file_may_have_changes_nothing(dev_server: DevServer, name: str) -> None:
    token = f"Bearer {dev_server.token(f'person-{uuid.uuid4()}')}"

    def run(path: str, **args: Any) -> Any:
        status, answer = post(
            dev_server, f"/api/run/{path}", json.dumps({"args": args}).encode(), Authorization=token
        )
        assert status == 200
        return answer

    project = run("projects/create", name="Names")["value"]
    refused = run("files/createFile", projectId=project, name=name, content="x")
    assert refused["errorData"]["code"] == "INVALID_ARGUMENT"
    assert run("files/getFiles", projectId=project)["value"] == []


def test_preflight_and_answers_allow_any_origin(dev_server: DevServer) -> None:
    asked = {
        "Origin": "https://editor.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,convex-client",
    }
    preflight = HTTP.request("OPTIONS", f"{dev_server.url}/api/mutation", headers=asked)
    assert preflight.status in (200, 204)
    allowed = preflight.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "convex-client", "digest"))
    refused = HTTP.request("POST", f"{dev_server.url}/api/query", body=b"{", headers=asked)
    assert refused.headers["access-control-allow-origin"] in ("*", "https://editor.example.com")
