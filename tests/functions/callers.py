"""Whoever calls the functions: a signed-in user, nobody, or one of the app's own servers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import functions
from shared import values
from shared.auth.identity import Identity
from shared.runtime.admission import Caller
from shared.runtime.call import run
from shared.runtime.environment import Environment
from shared.runtime.function import Function
from shared.runtime.registry import Registry, discover
from tests.runtime.backend import INTERNAL_KEY

ISSUER: Final = "https://id.example"
_DEADLINE_MS: Final = 1e13


@cache
def registry() -> Registry:
    """Return every function of the product."""
    return discover(functions)


def identity(subject: str, email: str | None = None) -> Identity:
    """Return who `subject` is."""
    return Identity(subject, ISSUER, f"{ISSUER}|{subject}", email, None, None, {}, 2e9)


@dataclass(frozen=True)
class Client:
    """A caller of a deployment.

    Attributes:
        environment: the deployment.
        identity: who is signed in, or None.
        internal: whether it passes the internal key to functions that need it.
    """

    environment: Environment
    identity: Identity | None = None
    internal: bool = False

    def call(self, path: str, /, **arguments: Any) -> Any:
        """Call the function at `path` through the runtime and return its value, or raise its error."""
        return self.run(registry()[path], arguments)

    def run(self, function: Function[Any], arguments: dict[str, Any]) -> Any:
        """Call a function through the runtime and return its value, or raise its error."""
        key = {"internalKey": INTERNAL_KEY} if self.internal and function.internal else {}
        sent = values.decode(values.encode(arguments | key))
        result = run(function, sent, Caller(self.identity, _DEADLINE_MS), self.environment)
        return values.loads(result.value)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.environment.database.store.clock.sleep(seconds)
