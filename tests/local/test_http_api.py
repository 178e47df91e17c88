from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from infra.local.limits import BODY_BYTES, HEADER_BYTES, INVOCATION_BYTES
from tests.local.served import Answer, ask

_JSON = {"Content-Type": "application/json"}
_BINARY = {"Content-Type": "image/png"}


def _send(size_bytes: int, headers: dict[str, str]) -> Answer:
    return ask("POST", "/api/mutation", data=io.BytesIO(b"x" * size_bytes), headers=headers)


def test_a_body_above_ten_megabytes_is_refused() -> None:
    answer = _send(BODY_BYTES + 1, _JSON)
    assert answer.status == 413
    assert answer.json == {"code": "PayloadTooLarge", "message": "Request Entity Too Large"}


def test_a_body_of_unknown_length_is_refused_once_it_is_above_ten_megabytes() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1024 * 1024

    assert ask("POST", "/api/mutation", data=chunks()).status == 413


@pytest.mark.parametrize(
    ("headers", "fits_bytes"), [(_JSON, INVOCATION_BYTES - 4096), (_BINARY, (INVOCATION_BYTES - 4096) * 3 // 4)]
)
def test_a_body_that_fits_into_a_lambda_event_passes(headers: dict[str, str], fits_bytes: int) -> None:
    assert _send(fits_bytes, headers).status == 200


@pytest.mark.parametrize(("headers", "size_bytes"), [(_JSON, INVOCATION_BYTES), (_BINARY, INVOCATION_BYTES * 3 // 4)])
def test_a_body_above_a_lambda_event_is_refused(headers: dict[str, str], size_bytes: int) -> None:
    assert _send(size_bytes, headers).status == 413


def test_what_json_escapes_counts_towards_the_lambda_event() -> None:
    assert ask("POST", "/api/mutation", data=io.BytesIO(b'"' * (INVOCATION_BYTES // 2)), headers=_JSON).status == 413


def test_a_request_line_and_headers_at_the_limit_pass() -> None:
    assert (
        ask("POST", "/api/query", headers={f"X-{n}": "x" * (HEADER_BYTES // 4 - 100) for n in range(4)}).status == 200
    )


@pytest.mark.parametrize("path", ["/api/query", "/api/storage/x", "/nowhere"])
def test_a_request_line_and_headers_above_the_limit_are_refused(path: str) -> None:
    answer = ask("POST", path, headers={"X-Long": "x" * 6000, "X-Longer": "x" * 6000})
    assert (answer.status, answer.json["code"]) == (431, "RequestHeaderFieldsTooLarge")


def test_a_failing_lambda_looks_as_it_does_on_aws() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        return web.json_response({"errorMessage": "secret detail", "errorType": "Runtime.HandlerError"}, status=502)

    answer = ask("POST", "/api/query", upstream)
    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})


def test_an_answer_above_lambdas_limit_fails_as_it_does_on_aws() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * (INVOCATION_BYTES + 1))

    assert ask("POST", "/api/query", upstream).status == 500


def test_an_answer_is_passed_back_as_it_is() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        return web.Response(status=401, text='{"code":"X"}', content_type="application/json", headers={"X-Own": "1"})

    answer = ask("POST", "/api/query", upstream)
    assert (answer.status, answer.body, answer.headers["X-Own"]) == (401, b'{"code":"X"}', "1")


def test_a_cloud_that_does_not_answer_is_unavailable() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    answer = ask("POST", "/api/query", upstream)
    assert (answer.status, answer.json["code"]) == (503, "ServiceUnavailable")


def test_a_call_without_end_is_given_up_as_api_gateway_does() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    answer = ask("POST", "/api/query", upstream, timeout_s=0.1)
    assert (answer.status, answer.json) == (503, {"code": "ServiceUnavailable", "message": "Service Unavailable"})
