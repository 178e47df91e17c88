"""A client as the released JavaScript one: what it sends, keeps and sends again."""

from __future__ import annotations

from typing import Any

from shared.sync import ingress
from shared.sync.protocol import timestamp_ns
from tests.sync.live import Live, Message, Socket, add, authenticate, connect, modify, mutation


class Client:
    """A page of a signed-in user, which connects again whenever its socket is closed.

    Attributes:
        shown: the results of its live query.
        settled: mutations that have been answered, and then covered by a Transition, by name.
    """

    def __init__(self, live: Live, name: str, user: str) -> None:
        self.live, self.name, self.user = live, name, user
        self.shown: Any = None
        self.settled: dict[str, bool] = {}
        self._pending: dict[int, Message] = {}
        self._answered: dict[int, str] = {}
        self._requests = 0
        self._connections = 0
        self._observed: str | None = None
        self.outbox: list[Message] = []
        self.socket: Socket
        self.open()

    def open(self) -> None:
        """Connect, and send everything that is not known to have worked."""
        self.socket = self.live.socket()
        observed = {} if self._observed is None else {"maxObservedTimestamp": self._observed}
        opening = connect(self._connections, f"session-of-{self.name}", **observed)
        self.outbox = [opening, authenticate(self.user), modify(0, add(0, "projects:get"))]
        self.outbox += [self._pending[number] for number in sorted(self._pending)]
        self._connections += 1

    def create(self, name: str) -> None:
        """Call a mutation that must happen once."""
        message = mutation(self._requests, "projects:create", name=name)
        self._pending[self._requests] = message
        self.outbox.append(message)
        self._requests += 1

    def listen(self) -> None:
        """Take in what was posted; connect again if the socket is closed."""
        for message in self.socket.receive():
            match message["type"]:
                case "MutationResponse":
                    number = message["requestId"]
                    assert number not in self._answered, "two answers"
                    if message["success"]:
                        self._answered[number] = message["ts"]
                    else:
                        self.settled[self._pending.pop(number)["args"][0]["name"]] = False
                case "Transition":
                    self._covered(message["endVersion"]["ts"])
        if self.socket.closed:
            closed = {"requestContext": {"connectionId": self.socket.id}}
            ingress.close_connection(closed, self.live.mailbox)
            self._answered = {}
            self.open()

    def _covered(self, ts: str) -> None:
        self._observed = ts
        self.shown = self.socket.results[0]
        for number in [n for n, answered in self._answered.items() if timestamp_ns(answered) <= timestamp_ns(ts)]:
            del self._answered[number]
            name = self._pending.pop(number)["args"][0]["name"]
            self.settled[name] = True
            assert name in [project["name"] for project in self.shown], "the promise resolves before its effect shows"
