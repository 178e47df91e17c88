from __future__ import annotations

import pytest
from aiohttp import web

from tests.local.served import ask


@pytest.mark.parametrize("path", ["/api/run/projects/create", "/api/query", "/api/storage/upload?token=t"])
def test_a_call_reaches_the_http_api_as_it_was_sent(path: str) -> None:
    answer = ask(
        "POST", path, data=b'{"args":{}}', headers={"Authorization": "Bearer t", "Content-Type": "application/json"}
    )
    assert answer.json["path"] == f"/http-api{path}"
    assert answer.json["body"] == '{"args":{}}'
    assert answer.json["headers"]["Authorization"] == "Bearer t"


def test_an_answer_of_the_api_is_neither_kept_nor_shown_as_a_page() -> None:
    headers = ask("POST", "/api/query").headers
    assert headers.getall("Cache-Control") == ["no-store"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_percent_sign_in_the_path_is_passed_on_unread() -> None:
    assert ask("POST", "/api/run/a%2Fb?x=%20").json["path"] == "/http-api/api/run/a%2Fb?x=%20"


def test_an_address_with_a_trailing_slash_works() -> None:
    assert ask("POST", "//api/query").json["path"] == "/http-api/api/query"


@pytest.mark.parametrize("path", ["/favicon.ico", "/two%0Alines"])
def test_a_path_that_leads_nowhere_is_not_found(path: str) -> None:
    answer = ask("GET", path)
    assert (answer.status, answer.json["code"]) == (404, "NotFound")


@pytest.mark.parametrize("path", ["/api/query", "/api/storage/upload?token=t", "/anything"])
def test_a_preflight_allows_what_the_clients_send(path: str) -> None:
    answer = ask(
        "OPTIONS", path, headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, PUT, DELETE, OPTIONS"
    allowed = "content-type, convex-client, authorization, digest, idempotency-key, x-github-token"
    assert answer.headers["Access-Control-Allow-Headers"] == allowed
    assert answer.headers["Access-Control-Max-Age"] == "86400"


@pytest.mark.parametrize("path", ["/api/query", "/api/sync", "/nowhere", "/api/storage/not-a-uuid"])
def test_pages_of_any_origin_may_read_every_answer(path: str) -> None:
    assert ask("GET", path).headers["Access-Control-Allow-Origin"] == "*"


def test_there_is_one_answer_to_which_origins_are_allowed() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        return web.json_response({}, headers={"access-control-allow-origin": "*"})

    assert ask("POST", "/api/query", upstream).headers.getall("Access-Control-Allow-Origin") == ["*"]
