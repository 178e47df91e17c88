"""What the released clients have in common: they keep a connection, send again what is not confirmed, and show."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from shared.sync.protocol import timestamp_ns
from tests.sync.live import authenticate, connect, modify, mutation
from tests.sync.simulation.calls import Call, Row
from tests.sync.simulation.gateway import Socket
from tests.sync.simulation.view import Query, View
from tests.sync.simulation.weather import TIMELY_S

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

_TOKEN_S = 3600.0
MOST_PING_LAG_S = 5.0
"""An index that lags more delays the first Ping of a connection too long."""


class Client(ABC):
    """A page or a program.

    Attributes:
        user: who is signed in, or None.
        queries: what is watched, by number.
        calls: mutations by number, also those that are done.
        view: what the present connection was told.
        sockets: all of its connections.
    """

    family: ClassVar[str]
    patience_s: ClassVar[float]
    """How long it bears silence."""
    watch_s: ClassVar[float]
    """How often it looks."""
    longest_pause_s: ClassVar[float]

    def __init__(self, world: World, name: str, user: str | None) -> None:
        self.world, self.name = world, name
        self.queries: dict[int, Query] = {}
        self.calls: dict[int, Call] = {}
        self.seen: dict[Any, str] = {}
        self.sockets: list[Socket] = []
        self.view = View(world, name)
        self.stopped = False
        self.user: str | None = None
        self._token: str | None = None
        self._tokens = 0
        self.take_token(user)
        self._is_open = False
        self._connections = 0
        self._retries = 0
        self._observed: str | None = None
        self._observed_before = 0
        self._heard_ns = 0
        self._numbers = 0
        self._unsynced: set[int] = set()
        self.connect()

    @property
    def socket(self) -> Socket:
        """The present connection's, or the last one's."""
        return self.sockets[-1]

    def take_token(self, user: str | None, lives_s: float = _TOKEN_S) -> None:
        """Fetch a token from an identity provider."""
        self._tokens += 1
        self.user = user
        until_s = self.world.scheduler.now_ns / 1e9 + lives_s
        self._token = None if user is None else f"{user}/{until_s}/{self._tokens}"

    def watch(self, path: str, args: Row) -> None:
        """Begin to watch a query."""
        number = self._numbers
        self._numbers += 1
        self.queries[number] = Query(path, args)
        self._modify({"type": "Add", "queryId": number, "udfPath": path, "args": [args]})

    def leave(self, number: int) -> None:
        """Watch a query no longer."""
        del self.queries[number]
        self._modify({"type": "Remove", "queryId": number})

    def call(self, call: Call) -> None:
        """Call a mutation."""
        number = len(self.calls)
        self.calls[number] = call
        if self._is_open:
            call.may_overtake = self._connections > 1
            self._request(number)

    def stop(self) -> None:
        """Close for good."""
        self.stopped = True
        if self._is_open:
            self.world.gateway.close(self.socket)

    def connect(self) -> None:
        """Begin a connection."""
        if not self.stopped:
            self.sockets.append(self.world.gateway.connect(self, self.family))

    def opened(self, socket: Socket) -> None:
        """Send who this is, and everything that is not known to have worked."""
        if self.stopped:
            self.world.gateway.close(socket)
            return
        for call in self.calls.values():
            call.askers |= self._askers(call)
        self._is_open = True
        self._heard_ns = self.world.scheduler.now_ns
        self.view = View(self.world, f"{self.name} on {socket.id}")
        self._observed_before = timestamp_ns(self._observed) if self._observed else 0
        observed = {} if self._observed is None else {"maxObservedTimestamp": self._observed}
        self._send(connect(self._connections, self.session(), **observed))
        if self._token is not None:
            self.authenticate()
        self._open_query_set()
        for number, call in self.calls.items():
            if call.state in {"pending", "answered"}:
                call.state = "pending"
                self._request(number)
        self._connections += 1
        self._unsynced = {*self.queries}
        self.world.scheduler.spawn(partial(self._watch_for_silence, socket), self.watch_s)

    def closed(self, socket: Socket) -> None:
        """Connect again, after a while."""
        if socket is not self.socket:
            return
        self._is_open = False
        self._reconnect_after(1.0)

    def received(self, socket: Socket, text: str) -> None:
        """Take in a message."""
        if socket is not self.socket or not self._is_open:
            return
        self._heard_ns = self.world.scheduler.now_ns
        self.take(json.loads(text))

    def take(self, message: Row) -> None:
        """Take in a message as all clients do."""
        match message["type"]:
            case "Transition":
                self._transition(message)
            case "MutationResponse":
                self._response(message)
            case "AuthError":
                self.auth_error(message)
            case "Ping":
                return
            case other:
                self.world.blame(f"{self.name} is sent {other}")

    def authenticate(self) -> None:
        """Send the token, or that there is none."""
        message = authenticate(self.user, len(self.view.users) - 1)
        if self._token is not None:
            message["value"] = self._token
        self.view.users.append(self.user)
        self._send(message)

    @abstractmethod
    def session(self) -> str:
        """Return the client's id for itself."""

    @abstractmethod
    def auth_error(self, message: Row) -> None:
        """Take in that a token was refused."""

    @abstractmethod
    def expects_once(self, call: Call) -> bool:
        """Tell whether a mutation happens once although it was sent as often as it was."""

    def _open_query_set(self) -> None:
        adds = [
            {
                "type": "Add",
                "queryId": number,
                "udfPath": query.path,
                "args": [query.args],
                **({} if query.journal is None else {"journal": query.journal}),
            }
            for number, query in self.queries.items()
        ]
        self._send_query_set(adds)

    def _modify(self, modification: Row) -> None:
        if self._is_open:
            self._send_query_set([modification])

    def _send_query_set(self, modifications: list[Row]) -> None:
        base = len(self.view.sets) - 1
        watched = {*self.view.sets[-1]}
        for modification in modifications:
            watched ^= {modification["queryId"]}
        self.view.sets.append(frozenset(watched))
        self._send(modify(base, *modifications))

    def _request(self, number: int) -> None:
        call = self.calls[number]
        call.sendings += 1
        call.confirmed = self.view.version["identity"]
        self._send(mutation(number, call.path, **call.args))

    def _transition(self, message: Row) -> None:
        if not self.view.take(message, self.queries, self.seen):
            return
        if self.view.ts < self._observed_before:
            self.world.blame(f"{self.view.name} is shown the past")
        self._observe(self.view.version["ts"])
        done = [c for c in self.calls.values() if c.state == "answered" and c.ts <= self.view.ts]
        for call in done:
            call.state = "done"
        waiting = [c for c in self.calls.values() if c.state in {"pending", "answered"} and self._can_tell(c)]
        self.view.check_promises(done, waiting, self.queries)
        self._unsynced -= self.view.results.keys()
        if not self._unsynced and all(call.state in {"done", "failed"} for call in self.calls.values()):
            self._retries = 0

    def _can_tell(self, call: Call) -> bool:
        """Tell whether the server must not show a mutation that it has not answered on this connection."""
        if call.sendings > 1 and not self.expects_once(call):
            return False
        return call.sendings == 1 or (self.is_timely(self.socket) and not self.socket.has_lost_a_frame)

    def is_timely(self, socket: Socket) -> bool:
        """Tell whether all frames of a connection came within the time that the server gives them."""
        return socket.slowest_s <= TIMELY_S and self.world.weather.skew_s <= TIMELY_S / 10

    def _response(self, message: Row) -> None:
        call = self.calls.get(message["requestId"])
        if call is None or call.state != "pending":
            self.world.blame(f"{self.name} is answered {message['requestId']}, which it did not ask")
            return
        if not message["success"]:
            call.askers |= self._askers(call)
            call.state, call.why = "failed", message["result"]
            return
        call.state, call.value, call.ts = "answered", message["result"], timestamp_ns(message["ts"])
        self._observe(message["ts"])
        call.askers |= self._askers(call)
        if call.value["tag"] != call.tag or call.value["asker"] not in call.askers:
            self.world.blame(f"{self.name}: {call.tag} of {call.askers} is answered {call.value}")
        if self.view.ts >= call.ts and self._can_tell(call):
            self.world.blame(f"{self.name}: the answer of {call.tag} comes after the Transition that covers it")

    def _askers(self, call: Call) -> set[str | None]:
        """Return as whom a mutation may have run that was sent on this connection.

        Until a change of who is signed in is confirmed, what is sent before it may take effect after it, and the
        other way round: frames overtake each other.
        """
        return {*self.view.users[call.confirmed :]} if call.sendings else set()

    def _observe(self, ts: str) -> None:
        if self._observed is None or timestamp_ns(ts) > timestamp_ns(self._observed):
            self._observed = ts

    def _send(self, message: Row) -> None:
        text = json.dumps(message)
        self.world.note(f"{self.name} sends on {self.socket.id} {text[:300]}")
        self.socket.send(text)

    def restart(self, initial_s: float = 0.1) -> None:
        """Give the connection up and make another."""
        if not self._is_open:
            return
        self._is_open = False
        socket = self.socket
        socket.is_heard = False
        self.world.gateway.close(socket)
        self._reconnect_after(initial_s)

    def _reconnect_after(self, initial_s: float) -> None:
        pause_s = min(initial_s * 2**self._retries, self.longest_pause_s) * self.world.random.uniform(0.5, 1.5)
        self._retries += 1
        if not self.stopped:
            self.world.scheduler.spawn(self.connect, pause_s)

    def _should_hear(self, socket: Socket) -> bool:
        """Tell whether a Ping should have come; connections are found for it in an index, which may lag."""
        world = self.world
        is_trouble = world.weather.crash > 0 or world.has_crashed or world.now_s < world.calm_s + self.patience_s
        is_trouble |= socket.is_left_open
        return socket.is_open and socket.is_heard and not is_trouble and world.weather.lag_s <= MOST_PING_LAG_S

    def _watch_for_silence(self, socket: Socket) -> None:
        while socket is self.socket and self._is_open and not self.stopped:
            silence_s = (self.world.scheduler.now_ns - self._heard_ns) / 1e9
            if silence_s >= self.patience_s:
                self.world.note(f"{self.name} hears nothing")
                if self._should_hear(socket):
                    self.world.blame(f"{self.name} hears no Pings")
                self.restart()
                return
            self.world.scheduler.wait(self.watch_s)
