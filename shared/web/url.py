"""URLs of pages that may be fetched."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

_PORTS: Final = {"http": 80, "https": 443}
_KEPT: Final = "/:@!$&'()*+,;=~%?-._"
_LONGEST: Final = 2048


class Target(NamedTuple):
    """Where a page is.

    Attributes:
        is_secure: whether it is asked for by TLS.
        host: in ASCII.
        port: the scheme's own.
        path: with the query.
    """

    is_secure: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Return where the page at `url` is.

    Raises:
        ValueError: it is no URL with http or https, a host, the port of its scheme and no credentials.
    """
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme)
    if len(url) > _LONGEST or port is None or not parts.hostname:
        raise ValueError("Not a URL with http or https and a host")
    if parts.username is not None or parts.password is not None or parts.port not in (None, port):
        raise ValueError("URLs with credentials or ports of their own are not followed")
    host = parts.hostname.encode("idna").decode()
    path = quote(parts.path or "/", safe=_KEPT)
    return Target(
        parts.scheme == "https", host, port, path + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
    )
