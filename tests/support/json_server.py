"""Other services' JSON APIs on loopback: what they are to answer, and what they were asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A request; headers are by their names in lower case."""

    route: str
    headers: dict[str, str]
    body: Any


@dataclass
class JsonServer:
    """An API.

    Attributes:
        answers: (status, JSON) by `METHOD /path`; a body that is text is sent as it is. Anything else is a 404.
        asked: the requests so far.
        url: where it is.
    """

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving_json() -> Iterator[JsonServer]:
    """Serve an API that knows nothing yet."""
    state = JsonServer()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            route = f"{self.command} {self.path}"
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.asked.append(Asked(route, headers, json.loads(sent) if sent else None))
            status, body = state.answers.get(route, (404, {"message": "Not found"}))
            raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = answer  # noqa: N815 - the names that the base class looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
