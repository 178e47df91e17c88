"""A web on loopback: hosts by their names, all served by one server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shared.web.reader import PublicWeb

Answer = tuple[int, dict[str, str], bytes]


class Pages:
    """Pages by host and path.

    Attributes:
        answers: status, headers and body of each page, such as `example.com/a`.
        asked: which pages were asked for.
        drip_s: the time between bytes, or 0: all at once.
        addresses: what hosts resolve to; others are this server's.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.drip_s = 0.0
        self.addresses: dict[str, list[str]] = {}
        self.port = 0

    def add(self, page: str, body: bytes, type_: str = "text/html", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[page] = (200, {"Content-Type": type_, **named}, body)

    def redirect(self, page: str, to: str) -> None:
        self.answers[page] = (302, {"Location": to}, b"")

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        if host in self.addresses:
            return [(address, port) for address in self.addresses[host]]
        return [("127.0.0.1", self.port)]

    def web(self, is_allowed: Callable[[str], bool] = "127.0.0.1".__eq__) -> PublicWeb:
        """Return a reader to whom this server's address is the public internet."""
        return PublicWeb(self.resolve, is_allowed)


@contextmanager
def serving_pages() -> Iterator[Pages]:
    pages = Pages()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            page = f"{self.headers['Host']}{self.path}"
            pages.asked.append(page)
            status, headers, body = pages.answers.get(page, (404, {}, b""))
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                if not pages.drip_s:
                    self.wfile.write(body)
                for byte in body if pages.drip_s else b"":
                    self.wfile.write(bytes([byte]))
                    time.sleep(pages.drip_s)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        pages.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield pages
        finally:
            server.shutdown()
            thread.join()
