"""Pages as Markdown."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol
from urllib.parse import urljoin

from shared.web.addresses import is_public, resolved
from shared.web.connection import answer_of
from shared.web.markdown import markdown_of
from shared.web.url import target_of

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_S: Final = 10.0
MAX_REDIRECTS: Final = 5

_REDIRECTED: Final = (301, 302, 303, 307, 308)
_CHUNK_BYTES: Final = 64 * 1024


class PageRefusedError(Exception):
    """The page cannot be read, or may not be."""


class Web(Protocol):
    """The web."""

    def read(self, url: str, left_s: float = MAX_S) -> str:
        """Return the text of the page at `url`, of HTML as Markdown.

        Raises:
            PageRefusedError: there is none that may be read, within `left_s`.
        """


class _Page(NamedTuple):
    type: str
    charset: str | None
    body: bytes


class PublicWeb:
    """The public web: addresses of any other network are not connected to, whatever names and redirects say.

    Args:
        resolve: from a host and a port to where it listens.
        is_allowed: whether an address may be connected to.
        tls: makes what checks certificates.
    """

    def __init__(
        self,
        resolve: Callable[[str, int], list[tuple[str, int]]] = resolved,
        is_allowed: Callable[[str], bool] = is_public,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._tls = tls

    def read(self, url: str, left_s: float = MAX_S) -> str:
        """Return the text of the page at `url`; see `Web`."""
        deadline = time.monotonic() + min(left_s, MAX_S)
        try:
            page = self._fetch(url, deadline)
            return markdown_of(page.body, page.charset) if page.type == "text/html" else _text(page)
        except (OSError, ValueError, LookupError, RecursionError, http.client.HTTPException) as error:
            raise PageRefusedError(f"{type(error).__name__}: {error}") from error

    def _fetch(self, url: str, deadline: float) -> _Page:
        for _ in range(MAX_REDIRECTS + 1):
            target = target_of(url)
            address = self._checked(self._resolve(target.host, target.port))
            with answer_of(target, address, _left_s(deadline), self._tls()) as response:
                if response.status not in _REDIRECTED:
                    return _page(response, deadline)
                url = urljoin(url, response.headers.get("Location", ""))
        raise PageRefusedError("It redirects too often")

    def _checked(self, addresses: list[tuple[str, int]]) -> tuple[str, int]:
        """Return the address to connect to; where one is not public, none is: it may be chosen to mislead."""
        if not addresses or not all(self._is_allowed(address) for address, _ in addresses):
            raise PageRefusedError("Its host is not on the public internet")
        # Where there is no IPv6, connections to it fail.
        return next((found for found in addresses if ":" not in found[0]), addresses[0])


def _page(response: http.client.HTTPResponse, deadline: float) -> _Page:
    type_ = response.headers.get_content_type()
    if response.status != 200 or not type_.startswith("text/"):
        raise PageRefusedError(f"It has the status {response.status} and the type {type_}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise PageRefusedError("It is compressed, which was not asked for")
    body = bytearray()
    while chunk := response.read1(_CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_BYTES:
            raise PageRefusedError(f"It has more than {MAX_BYTES} bytes")
        _left_s(deadline)
    if response.length:
        raise PageRefusedError("It breaks off")
    _left_s(deadline)  # a connection that was cut looks like the end of an answer that tells no length
    return _Page(type_, response.headers.get_content_charset(), bytes(body))


def _text(page: _Page) -> str:
    return page.body.decode(page.charset or "utf-8", errors="replace")


def _left_s(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise PageRefusedError("It takes too long")
    return left_s
