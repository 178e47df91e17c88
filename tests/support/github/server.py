"""The look-alike over HTTP, on two ports: the API, and the host that archives come from."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.github.archive import archive_of
from tests.support.github.routes import Reply, answer
from tests.support.github.state import GitHubState, Request


@contextmanager
def serving(state: GitHubState, port: int = 0, prefix: str = "") -> Iterator[str]:
    """Serve a GitHub and yield the URL of its API, which an Enterprise Server has below a `prefix`."""
    lock = threading.Lock()
    with _server(0, _archives(state)) as archives, _server(port, _api(state, archives, prefix, lock)) as api:
        yield api + prefix


@contextmanager
def _server(port: int, handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _api(state: GitHubState, archives: str, prefix: str, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    def settled(call: dict[str, Any]) -> Reply | None:
        """Return what is answered, or None: nothing is, and the connection is closed."""
        with lock:
            state.requests.append(Request(call["method"], call["path"], call["authorization"]))
            failure = state.failure(call["method"], call["path"])
            is_answered = failure is None or failure.applies or failure.status is None
            reply = answer(state, archives, **call) if is_answered else None
        if failure is not None:
            time.sleep(failure.delay_s)
            if failure.status is not None:
                reply = Reply(failure.status, {"message": failure.message}, failure.headers)
        return None if reply is None or reply.status == 0 else reply

    class Api(_Handler):
        def handle_request(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            call = {
                "method": self.command,
                "path": unquote(url.path.removeprefix(prefix)),
                "asked": {name: values[0] for name, values in parse_qs(url.query).items()},
                "sent": json.loads(self.rfile.read(length)) if length else {},
                "authorization": self.headers.get("Authorization"),
            }
            reply = settled(call) if url.path.startswith(prefix) else Reply(404, {})
            if reply is None:
                self.close_connection = True
            else:
                headers = {"Content-Type": "application/json; charset=utf-8", **reply.headers}
                self.reply(reply.status, headers, json.dumps(reply.body).encode())

        def do_GET(self) -> None:
            self.handle_request()

        def do_POST(self) -> None:
            self.handle_request()

        def do_PATCH(self) -> None:
            self.handle_request()

        def do_PUT(self) -> None:
            self.handle_request()

    return Api


def _archives(state: GitHubState) -> type[BaseHTTPRequestHandler]:
    class Archives(_Handler):
        def do_GET(self) -> None:
            _, owner, name, commit = urlsplit(self.path).path.split("/")
            state.requests.append(Request("ARCHIVE", f"/{owner}/{name}", self.headers.get("Authorization")))
            failure = state.failure("ARCHIVE", f"/{owner}/{name}")
            if failure is not None:
                time.sleep(failure.delay_s)
                return self.reply(failure.status or 500, failure.headers, failure.message.encode())
            body = archive_of(state.repos[owner, name], commit)
            return self.reply(200, {"Content-Type": "application/x-gzip"}, body)

    return Archives
