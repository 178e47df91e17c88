"""Functions and doors of every kind, as they would stand in `functions/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.db.access import Access
from shared.runtime.door import Door
from shared.runtime.function import (
    Function,
    bulk_mutation,
    internal_mutation,
    internal_query,
    mutation,
    query,
)
from shared.runtime.registry import Registry
from shared.schema.tables import Conversation, File, Message, Project, StoredFile, User


def declare(decorator: Callable[[Any], Function[Any]], module: str, name: str) -> Function[Any]:
    """Decorate a body that stands at `functions.{module}.{name}`."""

    def body(ctx: Any, *, id: str) -> None:
        """Does something."""

    body.__module__, body.__name__ = f"functions.{module}", name
    return decorator(body)


def registry_of(*functions: Function[Any]) -> Registry:
    """Return the functions by their paths."""
    return {function.path: function for function in functions}


REGISTRY = registry_of(
    declare(query(), "projects", "greet"),
    declare(query(reads=[Project]), "projects", "get_by_id"),
    declare(query(reads=[User]), "users", "get"),
    declare(query(reads=[Project, File]), "files", "get_folder_contents"),
    declare(mutation(), "projects", "do_nothing"),
    declare(mutation(reads=[User], writes=[Project]), "projects", "create"),
    declare(mutation(reads=[Project], writes=[Conversation]), "conversations", "create"),
    declare(
        bulk_mutation(writes=[Project, File, Conversation, Message, StoredFile], binary=True), "projects", "delete"
    ),
    declare(internal_query(reads=[Conversation]), "system.conversations", "get_conversation_by_id"),
    declare(internal_mutation(reads=[Conversation], writes=[Message]), "system.conversations", "create_message"),
)


def _door(
    module: str, name: str, access: Access | None, routes: tuple[str, ...] = (), sources: tuple[str, ...] = ()
) -> Door:
    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Does something."""
        return {"statusCode": 200}

    handle.__module__, handle.__name__ = f"functions.{module}", name
    return Door(handle, routes, access, sources)


GATEWAY = _door("gateway", "call", None, ("POST /api/query", "POST /api/mutation"))
STORAGE = _door(
    "storage", "upload", Access(writes=frozenset({StoredFile}), binary=True), ("POST /api/storage/upload",)
)
CONNECT = _door("realtime", "connect", Access(), sources=("websocket:$connect",))
DISCONNECT = _door("realtime", "disconnect", Access(), sources=("websocket:$disconnect",))
RECEIVE = _door("realtime", "receive", Access(), sources=("websocket:$default",))
SESSION = _door("realtime", "session", None, sources=("queue:mailbox",))
ON_CHANGE = _door("realtime", "on_change", Access(), sources=("stream:commits",))
CLOCK = _door("realtime", "clock", Access(), sources=("schedule:cron(* * * * ? *)",))
SWEEP = _door("realtime", "sweep", Access(), sources=("delay:sweeps",))
HTTP_DOORS = (GATEWAY, STORAGE)
DOORS = (*HTTP_DOORS, CONNECT, DISCONNECT, RECEIVE, SESSION, ON_CHANGE, CLOCK, SWEEP)
