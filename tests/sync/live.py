"""A deployment in memory with sockets: clients that speak the protocol, and a clockwork that runs the actors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from functions.admin.gateway import administration
from shared.db.database import Database
from shared.db.engine import Engine
from shared.push.notices import Notices
from shared.push.subscriptions import Subscriptions
from shared.runtime.environment import use
from shared.runtime.function import Function
from shared.sync import ingress
from shared.sync.connections import Connections
from shared.sync.protocol import timestamp_ns
from shared.sync.session import handle
from tests.functions.callers import Client, identity, registry
from tests.runtime.backend import LAMBDA
from tests.support.backend import Backend
from tests.support.memory_mailbox import MemoryMailbox
from tests.support.memory_sockets import MemorySockets

Message = dict[str, Any]


class Live:
    """A deployment whose sockets are in memory."""

    def __init__(self, engine: Engine | None = None, seed: int = 0, functions: Iterable[Function[Any]] = ()) -> None:
        self.registry = registry() | {function.path: function for function in functions}
        self.backend = Backend(engine, seed)
        self.environment = self.backend.environment
        self.store = self.environment.database.store
        self._opened = 0
        self.replace(MemoryMailbox(), MemorySockets())

    def replace(self, mailbox: MemoryMailbox, sockets: MemorySockets) -> None:
        """Use these queues and sockets from now on."""
        self.mailbox, self.sockets = mailbox, sockets
        self.environment = replace(self.environment, mailbox=mailbox, sockets=sockets)

    def socket(self, family: str = "js") -> Socket:
        """Open a socket."""
        self._opened += 1
        socket = Socket(self, f"socket-{self._opened}")
        parameters = {"v": "1.48.0"} if family == "js" else None
        headers = {} if family == "js" else {"Convex-Client": "python-0.8.1"}
        event = {
            "requestContext": {"connectionId": socket.id},
            "queryStringParameters": parameters,
            "headers": headers,
        }
        assert ingress.open_connection(event, Connections(self.store), self.environment) == ingress.OK
        return socket

    def run(self, *, batch: int = 10) -> None:
        """Let the actors work until nothing is left to do."""
        while self.mailbox.waiting:
            self.step(batch)

    def step(self, batch: int = 10) -> None:
        """Let the actors handle one batch."""
        with use(self.environment):
            assert handle({"Records": self.mailbox.take(batch)}, LAMBDA, self.registry, administration()) == {
                "batchItemFailures": []
            }

    def telling(self) -> Database:
        """Return the database whose commits are told at once, as in the functions that serve HTTP."""
        return Database(self.store, Notices(Subscriptions(self.store), self.mailbox).send)


class Socket:
    """A client.

    Attributes:
        id: the connection's.
        version: as the last Transition ended.
        results: what each live query last told: a value, or a failure's message.
    """

    def __init__(self, live: Live, id: str) -> None:
        self.live, self.id = live, id
        self.version: Message = {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="}
        self.results: dict[int, Any] = {}
        self._frames = 0

    def send(self, *messages: Message) -> None:
        """Send frames."""
        for message in messages:
            self.send_text(json.dumps(message))

    def send_text(self, text: str) -> None:
        self._frames += 1
        context = {"connectionId": self.id, "messageId": f"m{self._frames}="}
        event = {"requestContext": context, "body": text}
        assert ingress.take_frame(event, self.live.mailbox, self.live.sockets) == {"statusCode": 200}

    def told(self) -> list[Message]:
        """Let the actors work, and return what the client is sent."""
        self.live.run()
        return self.receive()

    def receive(self) -> list[Message]:
        """Take in what was posted as the released clients do, and return it."""
        messages, chunks = [], ""
        for message in self.live.sockets.taken(self.id):
            if message["type"] == "TransitionChunk":
                chunks += message["chunk"]
                if message["partNumber"] == message["totalParts"] - 1:
                    messages.append(json.loads(chunks))
                    chunks = ""
            else:
                messages.append(message)
        for message in messages:
            if message["type"] == "Transition":
                self._take(message)
        return messages

    def _take(self, transition: Message) -> None:
        assert transition["startVersion"] == self.version, "the client would freeze"
        assert timestamp_ns(transition["endVersion"]["ts"]) >= timestamp_ns(self.version["ts"])
        self.version = transition["endVersion"]
        for modification in transition["modifications"]:
            assert modification["type"] == "QueryRemoved" or modification["logLines"] == []
            match modification["type"]:
                case "QueryUpdated":
                    self.results[modification["queryId"]] = modification["value"]
                case "QueryFailed":
                    self.results[modification["queryId"]] = modification["errorMessage"]
                case "QueryRemoved":
                    self.results.pop(modification["queryId"], None)

    @property
    def closed(self) -> bool:
        return self.id in self.live.sockets.closed


def told_over_http(live: Live, user: str) -> Client:
    """Return a caller over HTTP, whose commits are told at once."""
    return Client(replace(live.environment, database=live.telling()), identity(user))


def connect(count: int = 0, session: str = "5b0e6c0e-8a55-4a0f-9b5c-2f6f3c1f7a11", **more: Any) -> Message:
    return {
        "type": "Connect",
        "sessionId": session,
        "connectionCount": count,
        "lastCloseReason": "InitialConnect",
        "clientTs": 0,
        **more,
    }


def authenticate(user: str | None, base: int = 0) -> Message:
    if user is None:
        return {"type": "Authenticate", "baseVersion": base, "tokenType": "None"}
    return {"type": "Authenticate", "baseVersion": base, "tokenType": "User", "value": f"token-of-{user}"}


def add(query: int, path: str, **args: Any) -> Message:
    return {"type": "Add", "queryId": query, "udfPath": path, "args": [args]}


def remove(query: int) -> Message:
    return {"type": "Remove", "queryId": query}


def modify(base: int, *modifications: Message) -> Message:
    return {
        "type": "ModifyQuerySet",
        "baseVersion": base,
        "newVersion": base + 1,
        "modifications": list(modifications),
    }


def mutation(number: int, path: str, **args: Any) -> Message:
    return {"type": "Mutation", "requestId": number, "udfPath": path, "args": [args]}
