"""DynamoDB, S3, queues and sockets behind IAM: what a role does not allow is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from fnmatch import fnmatchcase
from typing import TypeVar

from infra.grants import Grant
from infra.names import Names
from shared.db.engine import Check, Delete, Engine, Item, Key, Operation, Page, Put, Query, Update
from shared.push.mailbox import Event, Mailbox
from shared.push.sockets import Sockets
from shared.schema.table import Table
from tests.support.memory_objects import MemoryObjects

T = TypeVar("T")

_ACTIONS = {Put: "PutItem", Update: "UpdateItem", Delete: "DeleteItem", Check: "ConditionCheckItem"}


class Refused(Exception):
    """A call that the grants do not cover."""


class Guard:
    """The grants of a role."""

    def __init__(self, names: Names, grants: Iterable[Grant]) -> None:
        self.names = names
        self._rights = [
            (action, resource) for grant in grants for action in grant.actions for resource in grant.resources
        ]

    def check(self, action: str, resource: str) -> None:
        if not any(action == known and fnmatchcase(resource, pattern) for known, pattern in self._rights):
            raise Refused(f"{action} on {resource}")

    def check_table(self, action: str, table: Table) -> None:
        self.check(f"dynamodb:{action}", self.names.table_arn(table))


class GuardedEngine(Engine):
    """An engine that a role stands before."""

    def __init__(self, engine: Engine, guard: Guard) -> None:
        self._engine = engine
        self._guard = guard

    def get(self, key: Key) -> Item | None:
        self._guard.check_table("GetItem", key.table)
        return self._engine.get(key)

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        for key in keys:
            self._guard.check_table("BatchGetItem", key.table)
        return self._engine.batch_get(keys)

    def query(self, query: Query) -> Page:
        names, index = self._guard.names, query.index
        self._guard.check(
            "dynamodb:Query", names.index_arn(query.table, index) if index else names.table_arn(query.table)
        )
        return self._engine.query(query)

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        self._guard.check_table("Scan", table)
        return self._engine.scan(table, start_key, limit)

    def write(self, operation: Operation) -> None:
        self._guard.check_table(_ACTIONS[type(operation)], operation.key.table)
        self._engine.write(operation)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        only_checks = all(isinstance(operation, Check) for operation in operations)
        for operation in operations:
            action = "GetItem" if only_checks else _ACTIONS[type(operation)]
            self._guard.check_table(action, operation.key.table)
        self._engine.transact(operations, token)

    def begin(self, read: Callable[[], T]) -> Future[T]:
        return self._engine.begin(read)


class GuardedObjects(MemoryObjects):
    """The content bucket that a role stands before."""

    def __init__(self, guard: Guard, bodies: dict[str, bytes]) -> None:
        super().__init__()
        self.bodies = bodies
        self._guard = guard

    def put(self, key: str, body: bytes) -> None:
        self._guard.check("s3:PutObject", self._arn(key))
        super().put(key, body)

    def get(self, key: str) -> bytes | None:
        self._guard.check("s3:GetObject", self._arn(key))
        return super().get(key)

    def _arn(self, key: str) -> str:
        return f"{self._guard.names.bucket_arn(self._guard.names.settings.content_bucket)}/{key}"


class GuardedMailbox:
    """Mailboxes that a role stands before."""

    def __init__(self, mailbox: Mailbox, guard: Guard) -> None:
        self._mailbox = mailbox
        self._guard = guard

    def send(self, events: Iterable[Event]) -> None:
        for queue in self._guard.names.queues("mailbox"):
            self._guard.check("sqs:SendMessage", self._guard.names.queue_arn(queue))
        self._mailbox.send(events)


class GuardedSockets:
    """Sockets that a role stands before."""

    def __init__(self, sockets: Sockets, guard: Guard) -> None:
        self._sockets = sockets
        self._guard = guard

    def post(self, connection: str, text: str) -> None:
        self._check("POST", connection)
        self._sockets.post(connection, text)

    def close(self, connection: str) -> None:
        self._check("DELETE", connection)
        self._sockets.close(connection)

    def _check(self, method: str, connection: str) -> None:
        names = self._guard.names
        api = f"arn:{names.partition}:execute-api:{names.region}:{names.account}:abc123/{names.websocket_stage}"
        self._guard.check("execute-api:ManageConnections", f"{api}/{method}/@connections/{connection}")
