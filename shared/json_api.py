"""Small requests to other services' JSON APIs over HTTP: an identity provider's, a billing provider's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import urllib3

MAX_BYTES: Final = 1024 * 1024
"""The longest answer that is read."""


class Answer(NamedTuple):
    """What an API says.

    Attributes:
        status: the HTTP status.
        body: the JSON, or None: it has none.
    """

    status: int
    body: Any


class NoAnswer(Exception):
    """The API could not be reached, failed (5xx or 429), or did not answer in time; the message says which."""


class JsonApi:
    """An API. Nothing is tried again, and redirects are not followed: they could lead the key to another host.

    Args:
        url: what the paths begin with.
        patience_s: how long to wait for the connection, and for each byte.
    """

    def __init__(self, url: str, patience_s: float = 5.0) -> None:
        self._url = url.rstrip("/")
        timeout = urllib3.Timeout(connect=patience_s, read=patience_s)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def ask(self, method: str, path: str, headers: Mapping[str, str], fields: dict[str, Any] | None = None) -> Answer:
        """Make a request.

        Args:
            method: `GET` or `POST`.
            path: from the API's root, percent-encoded.
            headers: those that say who asks.
            fields: what is sent, as JSON.

        Raises:
            NoAnswer: there is no answer that says anything.
        """
        sent = {"Accept": "application/json", **headers}
        if fields is not None:
            sent["Content-Type"] = "application/json"
        body = None if fields is None else json.dumps(fields).encode()
        try:
            response = self._pool.request(
                method, self._url + path, body=body, headers=sent, redirect=False, preload_content=False
            )
            try:
                raw = response.read(MAX_BYTES + 1)
            finally:
                response.close()
        except urllib3.exceptions.HTTPError as error:
            raise NoAnswer(type(error).__name__) from None  # whose text quotes what was sent
        if response.status >= 500 or response.status == 429 or len(raw) > MAX_BYTES:
            raise NoAnswer(f"status {response.status}, {len(raw)} bytes")
        return Answer(response.status, _json_of(raw))


def _json_of(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
