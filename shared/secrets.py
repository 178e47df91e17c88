"""Secrets that the deployment keeps in Secrets Manager: the internal key, and the key that signs cursors and tokens.

A secret's present value (stage AWSCURRENT) and the one before it (AWSPREVIOUS) are both valid, so that whoever holds
the old one has until the next rotation to take up the new one.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from math import inf
from threading import Lock
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import Forbidden, TransientError

Fetch = Callable[[str], str | None]
"""Returns the value of the secret at a stage, or None when there is none; raises TransientError."""

MIN_LENGTH: Final = 32
SIGNATURE_BYTES: Final = 16
FRESH_S: Final = 300
"""How long fetched values are used without another look."""
STALE_S: Final = 3600
"""How long they are used while Secrets Manager cannot be reached."""
RETRY_S: Final = 10
"""The shortest time between two fetches, however many wrong keys are tried."""


class SecretKeys:
    """The valid values of one secret.

    Args:
        fetch: fetches the value at a stage.
        clock: the time in s since the epoch.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._values: tuple[str, ...] = ()
        self._fetched_at_s = -inf
        self._tried_at_s = -inf
        self._failure = ""

    def current(self) -> tuple[str, ...]:
        """Return the valid values, the present one first; none if that is missing or below 32 characters.

        Raises:
            TransientError: they cannot be fetched.
        """
        return self._look(again=False)

    def matches(self, test: Callable[[str], bool]) -> bool:
        """Tell whether `test` holds for a valid value; when for none, look whether the secret was rotated.

        Every value is tested, so that the time taken does not tell which one matched.

        Raises:
            TransientError: the values cannot be fetched.
        """
        return _any(test, self._look(again=False)) or _any(test, self._look(again=True))

    def accepts(self, candidate: str) -> bool:
        """Tell in constant time whether `candidate` is a valid value; errors as `matches`."""
        given = candidate.encode(errors="surrogatepass")
        return self.matches(lambda value: hmac.compare_digest(value.encode(), given))

    def require(self, candidate: str) -> None:
        """Return if `candidate` is a valid internal key.

        Raises:
            Forbidden: it is not, or there is no internal key of at least 32 characters.
            TransientError: the valid ones cannot be fetched.
        """
        if self.accepts(candidate):
            return
        is_configured = bool(self.current())
        raise Forbidden("Invalid internal key" if is_configured else "POLARIS_CONVEX_INTERNAL_KEY is not configured")

    def _look(self, *, again: bool) -> tuple[str, ...]:
        with self._lock:  # whoever comes second waits for the values that the first one fetches
            now_s = self._clock()
            is_due = again or now_s - self._fetched_at_s >= FRESH_S
            if is_due and now_s - self._tried_at_s >= RETRY_S:
                self._refresh(now_s)
            if now_s - self._fetched_at_s >= STALE_S:
                raise TransientError(self._failure)
            return self._values

    def _refresh(self, now_s: float) -> None:
        self._tried_at_s = now_s
        try:
            present, previous = _valid(self._fetch("AWSCURRENT")), _valid(self._fetch("AWSPREVIOUS"))
        except TransientError as error:
            self._failure = error.message
            return
        self._fetched_at_s = now_s
        # A bad present value is a mistake to be noticed now, not when the previous one is gone as well.
        self._values = (*present, *previous) if present else ()


class SigningKey:
    """Signs what clients hold and bring back, such as cursors; a signature for one purpose is none for another.

    Args:
        masters: the secret that a key for each purpose is derived from.
    """

    def __init__(self, masters: SecretKeys) -> None:
        self._masters = masters

    def sign(self, purpose: str, payload: bytes) -> bytes:
        """Return the 16-byte signature of `payload`.

        Raises:
            RuntimeError: there is no signing key of at least 32 characters.
            TransientError: the key cannot be fetched.
        """
        return _signature(self._present(), purpose, payload)

    def verify(self, purpose: str, payload: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is one of `payload`, by the present or the previous key; errors as `sign`."""
        return self._masters.matches(
            lambda master: hmac.compare_digest(_signature(master, purpose, payload), signature)
        )

    def key(self, purpose: str) -> bytes:
        """Return 32 bytes to encrypt with for `purpose`, which no signature gives away; errors as `sign`."""
        return _key(self._present(), purpose)

    def finds_key(self, purpose: str, test: Callable[[bytes], bool]) -> bool:
        """Tell whether `test` holds for the present or the previous `key` of `purpose`; errors as `sign`."""
        return self._masters.matches(lambda master: test(_key(master, purpose)))

    def _present(self) -> str:
        masters = self._masters.current()
        if not masters:
            raise RuntimeError(f"The secret POLARIS_SIGNING_KEY_SECRET is missing or below {MIN_LENGTH} characters")
        return masters[0]


def secrets_manager(client: Callable[[], Any], secret_id: str) -> Fetch:
    """Return a fetch of the secret `secret_id`.

    Args:
        client: returns a botocore Secrets Manager client; called at the first fetch.
        secret_id: the secret's name or ARN.
    """

    def fetch(stage: str) -> str | None:
        try:
            answer = client().get_secret_value(SecretId=secret_id, VersionStage=stage)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ResourceNotFoundException":
                return None
            raise TransientError(f"Secrets Manager did not give {secret_id}: {code}") from error
        except BotoCoreError as error:
            raise TransientError(f"Secrets Manager did not give {secret_id}: {type(error).__name__}") from error
        value: str | None = answer.get("SecretString")
        return value

    return fetch


def _valid(value: str | None) -> tuple[str, ...]:
    return (value,) if value is not None and len(value) >= MIN_LENGTH else ()


def _any(test: Callable[[str], bool], values: tuple[str, ...]) -> bool:
    found = False
    for value in values:
        found |= test(value)
    return found


def _signature(master: str, purpose: str, payload: bytes) -> bytes:
    key = hmac.digest(master.encode(), purpose.encode(), "sha256")
    return hmac.digest(key, payload, "sha256")[:SIGNATURE_BYTES]


def _key(master: str, purpose: str) -> bytes:
    return hmac.digest(master.encode(), f"key/{purpose}".encode(), "sha256")
