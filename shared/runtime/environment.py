"""The parts of the deployment that a process works with, made once, when the first call needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.runtime.call_log import CallLog

if TYPE_CHECKING:
    from shared.auth.verifier import TokenVerifier
    from shared.db.database import Database
    from shared.secrets import SecretKeys
    from shared.settings import Settings


@dataclass(frozen=True)
class Environment:
    """The deployment as a call sees it.

    Attributes:
        database: the documents.
        verifier: turns tokens into identities.
        internal_key: what callers of internal functions must know.
        settings: the deployment's settings.
        origin: fetches the origin that clients use, without a trailing slash.
        log: where each call is recorded.
    """

    database: Database
    verifier: TokenVerifier
    internal_key: SecretKeys
    settings: Settings
    origin: Callable[[], str]
    log: CallLog


_current: Environment | None = None


def environment() -> Environment:
    """Return this process's environment; on AWS it is made of the settings at the first call."""
    global _current  # noqa: PLW0603 - one per process is the point
    if _current is None:
        from shared.runtime.aws import aws_environment  # noqa: PLC0415

        _current = aws_environment()
    return _current


@contextmanager
def use(chosen: Environment) -> Iterator[Environment]:
    """Let every call of this process, in all threads, use the environment `chosen` meanwhile."""
    global _current  # noqa: PLW0603
    previous, _current = _current, chosen
    try:
        yield chosen
    finally:
        _current = previous
