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
MAX_S: Final = 3.0
_TIMEOUT: Final = urllib3.Timeout(connect=2.0, read=2.0)


class HttpFetch:
    """Fetches with a pool of connections of its own; no redirects (they could leave https), no retries."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)

    def __call__(self, url: str) -> bytes:
        """Return the body at `url`.

        Raises:
            AuthProviderUnavailable: silent for 2 s, not done after 3 s, another status than 200, or above 256 KiB.
        """
        deadline = time.monotonic() + MAX_S
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
            raise _unavailable(f"not done after {MAX_S} s")
    return bytes(body)


def _unavailable(reason: str) -> AuthProviderUnavailable:
    return AuthProviderUnavailable(f"The keys of the token's identity provider could not be fetched: {reason}")
