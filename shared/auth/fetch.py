"""Fetching small public documents over HTTP.

Only the place that makes a `TokenVerifier` imports this module: urllib3 is slow to import, though free once botocore
has done so.
"""

from __future__ import annotations

import time
from typing import Final

import urllib3

from shared.errors import AuthProviderUnavailable

MAX_BYTES: Final = 256 * 1024


class HttpFetch:
    """Fetches; it follows no redirects (they could leave https) and does not try again.

    Args:
        max_s: how long to wait for the connection, for the next byte, and altogether.
    """

    def __init__(self, max_s: float = 3.0) -> None:
        self._max_s = max_s
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=max_s, read=max_s), retries=False)

    def __call__(self, url: str) -> bytes:
        """Return the body at `url`.

        Raises:
            AuthProviderUnavailable: no answer in time, another status than 200, or more than 256 KiB.
        """
        deadline = time.monotonic() + self._max_s
        try:
            response = self._pool.request(
                "GET", url, headers={"Accept": "application/json"}, redirect=False, preload_content=False
            )
            try:
                return _body(response, deadline)
            finally:
                response.close()
        except urllib3.exceptions.HTTPError as error:
            raise _unavailable(f"no answer ({type(error).__name__})") from error


def _body(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    if response.status != 200:
        raise _unavailable(f"status {response.status}")
    body = bytearray()
    while chunk := response.read1(64 * 1024, decode_content=False):
        body += chunk
        if len(body) > MAX_BYTES:
            raise _unavailable(f"more than {MAX_BYTES} bytes")
        if time.monotonic() > deadline:
            raise _unavailable("it took too long")
    return bytes(body)


def _unavailable(reason: str) -> AuthProviderUnavailable:
    return AuthProviderUnavailable(f"The keys of the token's identity provider could not be fetched: {reason}")
