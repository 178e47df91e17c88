"""The real fetch against a real server on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from shared.auth.fetch import MAX_BYTES, HttpFetch
from shared.errors import AuthProviderUnavailable

Answer = Callable[[BaseHTTPRequestHandler], None]
PATIENT = HttpFetch(max_s=30)


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/jwks"
        finally:
            server.shutdown()
            thread.join()


def reply(status: int, body: bytes, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def test_the_body_is_returned() -> None:
    with serving(reply(200, b'{"keys": []}')) as url:
        assert PATIENT(url) == b'{"keys": []}'


def test_a_body_of_the_greatest_size_is_returned_whole() -> None:
    with serving(reply(200, b"x" * MAX_BYTES)) as url:
        assert len(PATIENT(url)) == MAX_BYTES


@pytest.mark.parametrize("status", [204, 404, 429, 500])
def test_another_status_is_named(status: int) -> None:
    with serving(reply(status, b"")) as url, pytest.raises(AuthProviderUnavailable, match=f"status {status}"):
        PATIENT(url)


def test_a_redirect_is_not_followed() -> None:
    with (
        serving(reply(200, b"{}")) as target,
        serving(reply(302, b"", Location=target)) as url,
        pytest.raises(AuthProviderUnavailable, match="status 302"),
    ):
        PATIENT(url)


def test_a_larger_body_is_refused_before_it_is_read_to_its_end() -> None:
    sent = 0

    def without_end(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        reply(200, b"")(request)
        try:
            while sent < 100 * MAX_BYTES:
                sent += request.wfile.write(b"x" * 65536)
        except ConnectionError:
            pass

    with serving(without_end) as url, pytest.raises(AuthProviderUnavailable, match="more than 262144 bytes"):
        PATIENT(url)
    assert sent < 100 * MAX_BYTES


def test_a_silent_provider_is_given_up() -> None:
    released = threading.Event()

    def wait(_: BaseHTTPRequestHandler) -> None:
        released.wait(60)

    with serving(wait) as url:
        with pytest.raises(AuthProviderUnavailable, match="no answer"):
            HttpFetch(max_s=0.2)(url)
        released.set()


def test_a_provider_that_sends_byte_by_byte_is_given_up() -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        reply(200, b"")(request)
        with suppress(ConnectionError):
            for _ in range(600):  # half a minute, at whose end the body would be returned
                request.wfile.write(b"x")
                time.sleep(0.05)

    with serving(drip) as url, pytest.raises(AuthProviderUnavailable, match="too long"):
        HttpFetch(max_s=3)(url)


def test_a_refused_connection_is_unavailable() -> None:
    with serving(reply(200, b"")) as url:
        pass
    with pytest.raises(AuthProviderUnavailable, match="no answer"):
        PATIENT(url)


def test_an_answer_that_breaks_off_is_unavailable() -> None:
    with (
        serving(reply(200, b"{", **{"Content-Length": "100"})) as url,
        pytest.raises(AuthProviderUnavailable, match="no answer"),
    ):
        PATIENT(url)
