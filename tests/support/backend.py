"""A whole deployment in memory, for tests of functions: they are called through the runtime, as clients call them."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from functions.storage import upload
from shared.db.engine import Engine
from shared.runtime.environment import use
from tests.functions.callers import Client, identity
from tests.runtime.backend import LAMBDA, http_event, make_environment
from tests.support.memory_s3 import MemoryS3
from tests.support.stores import make_store


class Backend:
    """A deployment and those who call it.

    Args:
        engine: its database; by default an empty one in memory.
        seed: of its randomness.

    Attributes:
        s3: its bucket of binary files.
    """

    def __init__(self, engine: Engine | None = None, seed: int = 0) -> None:
        self.store = make_store(engine, seed)
        self.s3 = MemoryS3(self.store.clock.now_ms)
        self.environment = make_environment(self.store, self.s3)

    def as_user(self, subject: str) -> Client:
        """Return a signed-in user."""
        return Client(self.environment, identity(subject))

    def anonymous(self) -> Client:
        """Return somebody who is not signed in."""
        return Client(self.environment)

    def internal(self) -> Client:
        """Return one of the app's own servers."""
        return Client(self.environment, internal=True)

    def post(self, url: str, body: bytes, **headers: str) -> tuple[int, Any]:
        """Post a file to an upload URL and return the answer's status and JSON body."""
        event = http_event(base64.b64encode(body).decode(), "POST /api/storage/upload", **headers)
        token = parse_qs(urlsplit(url).query).get("token", [""])[0]
        event |= {"isBase64Encoded": True, "queryStringParameters": {"token": token}}
        with use(self.environment):
            response = upload(event, LAMBDA)
        return response["statusCode"], json.loads(response["body"])

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the stored rows of a table."""
        return [*self.store.door.tables.get(table, {}).values()]  # type: ignore[attr-defined]  # the engine in memory has them
