"""Requests to GitHub's REST API.

A rate limit that ends soon is waited for, and a failure of GitHub's is met by another try. All requests that are made
here may be repeated: objects are named by their contents, and whoever makes a repository looks whether it is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3

from shared.db.clock import Clock
from shared.github.refusals import json_of, refusal, wait_asked_for_s
from shared.service_errors import GitHubRateLimited, GitHubRefused, GitHubUnavailable

LONGEST_WAIT_S: Final = 10.0
"""A rate limit that ends later is left to the state machine, which waits for nothing."""

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
"""A blob of 10 MB has 14 MB in base64, and a whole tree 7 MB."""

_API_VERSION: Final = "2022-11-28"
_TRIES: Final = 3
_WAITS: Final = 3
_REDIRECTS: Final = 4
_REDIRECTED: Final = (301, 302, 303, 307, 308)
_RESERVED_S: Final = 2.0
_CHUNK_BYTES: Final = 64 * 1024


class Answer(NamedTuple):
    """What GitHub says to a request, unless it asks to come back later.

    Attributes:
        status: the HTTP status, below 500.
        body: the JSON, or None.
    """

    status: int
    body: Any

    def required(self, about: str) -> Any:
        """Return the body of an answer that is no refusal.

        Args:
            about: what was asked for, such as `the repository ada/site`.

        Raises:
            ServiceError: it is one (`shared.github.refusals.refusal`).
        """
        if self.status >= 300:
            raise refusal(self.status, self.body, about)
        return self.body


class GitHub:
    """GitHub, as the holder of a token sees it.

    Args:
        api_url: where its REST API is.
        token: an OAuth token; sent to no other host.
        clock: time and sleep.
        deadline_ms: when the caller must be done, in ms since the epoch.
        patience_s: how long to wait for the next byte.
    """

    def __init__(self, api_url: str, token: str, clock: Clock, deadline_ms: float, patience_s: float = 30.0) -> None:
        self._api_url = api_url.rstrip("/")
        self._token = token
        self._clock = clock
        self._deadline_ms = deadline_ms
        timeout = urllib3.Timeout(connect=min(patience_s, 10.0), read=patience_s)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    @property
    def time_left_s(self) -> float:
        """Seconds until the caller must be done."""
        return (self._deadline_ms - self._clock.now_ms()) / 1000

    def get(self, path: str, about: str) -> Any:
        """Return the JSON at `path`; errors as of `ask` and `Answer.required`."""
        return self.ask("GET", path).required(about)

    def post(self, path: str, about: str, **fields: Any) -> Any:
        """Post an object to `path` and return the answer's JSON; errors as of `ask` and `Answer.required`."""
        return self.ask("POST", path, fields).required(about)

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> Answer:
        """Make a request and return the answer, be it a refusal.

        Raises:
            GitHubRateLimited: a rate limit ends too late to wait for it.
            GitHubUnavailable: GitHub failed, or did not answer in time, several times.
        """
        sent = None if fields is None else json.dumps(fields).encode()
        settled = self._settled(method, path, sent)
        assert isinstance(settled, Answer)  # noqa: S101 - for mypy
        return settled

    @contextmanager
    def stream(self, path: str, about: str) -> Iterator[urllib3.BaseHTTPResponse]:
        """Let the caller read what is at `path`, wherever GitHub keeps it; errors as of `ask` and `required`."""
        settled = self._settled("GET", path, None, streamed=True)
        if isinstance(settled, Answer):
            raise refusal(settled.status, settled.body, about)
        try:
            yield settled
        finally:
            settled.close()

    def _settled(
        self, method: str, path: str, sent: bytes | None, *, streamed: bool = False
    ) -> Answer | urllib3.BaseHTTPResponse:
        """Return the answer that asks for no repetition; if it is to be streamed and 200, unread."""
        failures = waits = 0
        while True:
            try:
                response = self._request(method, self._api_url + path, sent)
                if streamed and response.status == 200:
                    return response
                body = self._body(response)
            except urllib3.exceptions.HTTPError as error:
                failures += 1
                self._recover(failures, type(error).__name__)
                continue
            if response.status >= 500:
                failures += 1
                self._recover(failures, f"status {response.status}")
                continue
            named = {name.lower(): value for name, value in response.headers.items()}
            wait_s = wait_asked_for_s(response.status, named, body, self._clock.now_ms() / 1000)
            if wait_s is None:
                return Answer(response.status, json_of(self._scrubbed(body)))
            waits += 1
            self._wait(wait_s, waits)

    def _request(self, method: str, url: str, sent: bytes | None) -> urllib3.BaseHTTPResponse:
        for _ in range(_REDIRECTS):
            response = self._pool.request(
                method, url, body=sent, headers=self._headers(url), redirect=False, preload_content=False
            )
            if response.status not in _REDIRECTED:
                return response
            location = response.headers.get("location", "")
            response.close()
            url = self._redirected(method, url, urljoin(url, location))
        raise GitHubRefused("GitHub redirects a request too often.")

    def _redirected(self, method: str, url: str, to: str) -> str:
        if method != "GET" and _origin(to) != _origin(self._api_url):
            raise GitHubRefused("GitHub redirects a write to another host, which is not followed.")
        if urlsplit(to).scheme not in ("https", urlsplit(url).scheme):
            raise GitHubRefused("GitHub redirects a request to an address without https, which is not followed.")
        return to

    def _headers(self, url: str) -> dict[str, str]:
        headers = {"User-Agent": "polaris-backend", "Accept": "application/vnd.github+json"}
        if _origin(url) == _origin(self._api_url):
            headers |= {"Authorization": f"Bearer {self._token}", "X-GitHub-Api-Version": _API_VERSION}
        return headers

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        body = bytearray()
        try:
            while chunk := response.read(_CHUNK_BYTES):
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise GitHubRefused(f"GitHub answers with more than {MAX_ANSWER_BYTES} bytes.")
                if self.time_left_s < 0:
                    raise _unavailable("the answer took too long")
        finally:
            response.close()  # a connection whose answer was read to its end is kept for the next request
        return bytes(body)

    def _scrubbed(self, body: bytes) -> bytes:
        return body.replace(self._token.encode(), b"***") if self._token else body

    def _wait(self, wait_s: float, waits: int) -> None:
        if waits > _WAITS or wait_s > min(LONGEST_WAIT_S, self.time_left_s - _RESERVED_S):
            minutes = max(round(wait_s / 60), 1)
            raise GitHubRateLimited(
                f"GitHub answers no more requests of this account for about {minutes} min. Please try again later."
            )
        self._clock.sleep(wait_s)

    def _recover(self, failures: int, reason: str) -> None:
        pause_s = 2.0**failures * (0.5 + self._clock.uniform() / 2)
        if failures >= _TRIES or pause_s > self.time_left_s - _RESERVED_S:
            raise _unavailable(reason)
        self._clock.sleep(pause_s)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts: SplitResult = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _unavailable(reason: str) -> GitHubUnavailable:
    return GitHubUnavailable(f"GitHub does not answer at present ({reason}). Please try again later.")
