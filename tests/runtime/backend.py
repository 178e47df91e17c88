"""A deployment in memory, and the events that AWS would send to its Lambdas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from shared.auth.administrators import WithAdministrators
from shared.auth.identity import Identity
from shared.db.database import Database
from shared.db.store import Store
from shared.errors import Forbidden, Unauthorized
from shared.limits.allowances import Allowances
from shared.limits.usage import Usage
from shared.runtime.call_log import CallLog
from shared.runtime.environment import Environment, use
from shared.settings import Settings
from shared.storage import StorageBucket
from tests.support.memory_mailbox import MemoryMailbox
from tests.support.memory_s3 import MemoryS3
from tests.support.memory_services import MemoryServices
from tests.support.memory_sockets import MemorySockets
from tests.support.stores import make_store

if TYPE_CHECKING:
    from shared.secrets import SecretKeys

INTERNAL_KEY = "the-internal-key-of-this-deployment"
ORIGIN = "https://polaris.example"
REQUEST_ID = "0123456789abcdef"
LAMBDA = SimpleNamespace(
    aws_request_id="01234567-89ab-cdef-0123-456789abcdef", get_remaining_time_in_millis=lambda: 29_000
)
SETTINGS = Settings("polaris-test-", "content", "storage", "internal-key", "signing-key", "public-url")


class NamedTokens:
    """Takes `token-of-ada` for a token of ada."""

    def verify(self, token: str) -> Identity:
        if not token.startswith("token-of-"):
            raise Unauthorized("Signature of the token is wrong")
        subject = token.removeprefix("token-of-")
        return Identity(subject, "https://id.example", f"https://id.example|{subject}", None, None, None, {}, 2e9)


class OneKey:
    """Knows the internal key."""

    def accepts(self, candidate: str) -> bool:
        return candidate == INTERNAL_KEY

    def require(self, candidate: str) -> None:
        if not self.accepts(candidate):
            raise Forbidden("Invalid internal key")


def make_environment(store: Store | None = None, s3: MemoryS3 | None = None) -> Environment:
    """Return a deployment, by default one whose database and bucket are empty."""
    store = store or make_store()
    allowances = Allowances(store, SETTINGS.limits)
    return Environment(
        database=Database(store),
        storage=StorageBucket(s3 or MemoryS3(), SETTINGS.storage_bucket),
        verifier=WithAdministrators(NamedTokens(), store.signer, lambda: store.clock.now_ms() / 1000),
        internal_key=cast("SecretKeys", OneKey()),
        edge_key=None,
        settings=SETTINGS,
        origin=lambda: ORIGIN,
        log=CallLog(),
        mailbox=MemoryMailbox(),
        sockets=MemorySockets(),
        services=MemoryServices(),
        allowances=allowances,
        usage=Usage(store, SETTINGS.limits, allowances),
    )


@contextmanager
def backend() -> Iterator[Environment]:
    """Let every Lambda work on a new deployment."""
    with use(make_environment()) as environment:
        yield environment


def http_event(body: Any, route: str = "POST /api/run/runtime/greet", **headers: str) -> dict[str, Any]:
    """Return API Gateway's event of a request; `body` is its text, or what to write as JSON."""
    method, _, path = route.partition(" ")
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {"http": {"method": method, "path": path}},
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def told(response: dict[str, Any]) -> Any:
    """Return the JSON body of a response."""
    assert response["headers"]["content-type"] == "application/json"
    return json.loads(response["body"])
