"""One request to one address, which ends when its time is over, whatever the other side does."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from shared.web.url import Target

_HEADERS: Final = {
    "User-Agent": "polaris-backend",
    "Accept": "text/html, text/*;q=0.9",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@contextmanager
def answer_of(
    target: Target, address: tuple[str, int], left_s: float, tls: ssl.SSLContext
) -> Iterator[http.client.HTTPResponse]:
    """Ask `address` for a page and let the caller read the answer.

    Args:
        target: the page.
        address: the IP address to connect to, and no other, and the port.
        left_s: after which the connection is cut.
        tls: what checks certificates.

    Raises:
        OSError: there is no connection, or it was cut.
        http.client.HTTPException: the answer is no HTTP.
    """
    with closing(socket.create_connection(address, timeout=left_s)) as raw:
        wrapped = (
            tls.wrap_socket(raw, server_hostname=target.host, do_handshake_on_connect=False)
            if target.is_secure
            else raw
        )
        # A peer that sends a byte now and then would never run into a socket's time-out.
        timer = threading.Timer(left_s, _cut, (wrapped,))
        timer.daemon = True
        timer.start()
        try:
            with closing(wrapped):
                if isinstance(wrapped, ssl.SSLSocket):
                    wrapped.do_handshake()
                connection = http.client.HTTPConnection(_bracketed(target.host), target.port)
                connection.sock = wrapped
                connection.request("GET", target.path, headers=_HEADERS)
                with closing(connection.getresponse()) as response:
                    yield response
        finally:
            timer.cancel()


def _cut(connection: socket.socket) -> None:
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:  # it is closed already
        return


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
