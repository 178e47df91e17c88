"""The WebSocket API: sockets, the functions that it invokes for them, and what posts to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError, ReadTimeoutError

from shared.sync import ingress
from shared.sync.connections import Connections
from tests.sync.simulation.weather import TIMELY_S

if TYPE_CHECKING:
    from tests.sync.simulation.process import Process
    from tests.sync.simulation.world import World

_WAY_S = 0.02
"""The longest that a message takes between a client and the gateway."""
_PATIENCE_S = 5.0
"""How long the SDK waits for an answer."""
_NOTICED_S = 20.0
"""Within what time a broken connection is noticed."""


class Listener(Protocol):
    """A client's side of a socket."""

    def opened(self, socket: Socket) -> None:
        """The socket is open."""

    def received(self, socket: Socket, text: str) -> None:
        """A message came."""

    def closed(self, socket: Socket) -> None:
        """The socket is closed."""


class Socket:
    """One WebSocket connection.

    Attributes:
        id: the gateway's.
        is_open: for the gateway.
        is_heard: whether what is posted reaches the client.
        posted: how many messages have been posted.
        frames: how many the client has sent.
        is_left_open: whether it should have been closed, and the call that does was lost.
        has_lost_a_frame: whether a frame of it never came into the queue, since its function crashed.
    """

    def __init__(self, world: World, id: str, listener: Listener) -> None:
        self._world = world
        self.id = id
        self.listener = listener
        self.is_open = False
        self.is_heard = True
        self.posted = 0
        self.has_lost_a_frame = self.is_left_open = False
        self.frames = 0
        self._slowest_s = 0.0
        self._sent_s: dict[str, float] = {}
        self._last_ns = 0

    def send(self, text: str) -> None:
        """Send a frame."""
        self.frames += 1
        if self.is_open and self.is_heard:
            id = f"m{self.frames}="
            self._sent_s[id] = self._world.now_s
            self._world.gateway.take(self, id, text)

    def acted_on(self, frame: str) -> None:
        """Note that the actor has a frame."""
        sent_s = self._sent_s.pop(frame, self._world.now_s)
        self._slowest_s = max(self._slowest_s, self._world.now_s - sent_s)

    @property
    def slowest_s(self) -> float:
        """The longest that a frame of it took from the client to the actor, or has been on its way."""
        return max(self._slowest_s, *(self._world.now_s - sent_s for sent_s in self._sent_s.values()), 0.0)

    def tell(self, what: Any) -> None:
        """Have something happen at the client, after all that was told before."""
        scheduler = self._world.scheduler
        self._last_ns = max(self._last_ns + 1000, scheduler.now_ns + int(self._world.random.uniform(0, _WAY_S) * 1e9))
        scheduler.spawn(lambda: what() if self.is_heard else None, (self._last_ns - scheduler.now_ns) / 1e9)

    def receive(self, text: str) -> None:
        """Carry a message to the client."""
        self.posted += 1
        self.tell(lambda: self.listener.received(self, text))


class Gateway:
    """All sockets.

    Attributes:
        sockets: by id.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.sockets: dict[str, Socket] = {}

    def connect(self, listener: Listener, family: str) -> Socket:
        """Begin to open a socket; the listener is told."""
        socket = Socket(self._world, f"socket-{len(self.sockets) + 1}", listener)
        self.sockets[socket.id] = socket
        self._world.scheduler.spawn(partial(self._connect, socket, family))
        return socket

    def take(self, socket: Socket, id: str, text: str) -> None:
        """Invoke the function that takes a frame; others of the same socket may overtake it."""
        for _ in range(2 if self._world.strikes(self._world.weather.frame_doubled) else 1):
            most_s = self._world.weather.disorder_s
            after_s = self._world.random.uniform(0, min(most_s, TIMELY_S) if self._world.is_calm else most_s)
            self._world.scheduler.spawn(partial(self._take, socket, id, text), after_s)

    def close(self, socket: Socket) -> None:
        """Close a socket, by either side."""
        if socket.is_open:
            socket.is_open = False
            socket.tell(lambda: socket.listener.closed(socket))
            self._disconnected(socket)

    def cut(self, socket: Socket, *, noticed: bool) -> None:
        """Break a connection: the client learns of it at once, or never; the gateway some time later."""
        if not socket.is_open or not socket.is_heard or not socket.frames:
            return
        if noticed:
            socket.listener.closed(socket)
        socket.is_heard = False
        self._world.scheduler.spawn(partial(self.close, socket), self._world.random.uniform(0, _NOTICED_S))

    def end_of_life(self) -> None:
        """Close the sockets that miss a frame, for which the gateway's two hours stand; nobody else can tell."""
        for socket in [*self.sockets.values()]:
            if socket.has_lost_a_frame:
                self.close(socket)

    def _connect(self, socket: Socket, family: str) -> None:
        parameters = {"v": "1.48.0"} if family == "js" else None
        headers = {} if family == "js" else {"Convex-Client": "python-0.8.1"}
        event = {
            "requestContext": {"connectionId": socket.id},
            "queryStringParameters": parameters,
            "headers": headers,
        }

        def work(process: Process) -> None:
            ingress.open_connection(event, Connections(process.store), process.environment)

        if not self._world.invoke_ingress(work):
            socket.tell(lambda: socket.listener.closed(socket))
            return
        socket.is_open = True
        socket.tell(lambda: socket.listener.opened(socket))

    def _take(self, socket: Socket, id: str, text: str) -> None:
        event = {"requestContext": {"connectionId": socket.id, "messageId": id}, "body": text}

        def work(process: Process) -> None:
            ingress.take_frame(event, process.environment.mailbox, process.environment.sockets)

        if not self._world.invoke_ingress(work):
            socket.has_lost_a_frame = True
            if self._world.is_calm:
                self.close(socket)

    def _disconnected(self, socket: Socket) -> None:
        event = {"requestContext": {"connectionId": socket.id}}

        def work(process: Process) -> None:
            ingress.close_connection(event, process.environment.mailbox)

        if self._world.random.random() >= self._world.weather.disconnect_lost:
            self._world.scheduler.spawn(lambda: self._world.invoke_ingress(work), self._world.random.uniform(0, 0.5))


class ManagementClient:
    """The gateway's management API as one process's botocore client meets it, which attempts each call once."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._world = process.world

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        weather = self._world.weather
        self.process.step()
        self.process.travel(weather.post_s)
        if self._world.strikes(weather.post_throttled):
            raise _error("LimitExceededException", 429, "PostToConnection")
        socket = self._world.gateway.sockets[ConnectionId]
        if not socket.is_open:
            raise _error("GoneException", 410, "PostToConnection")
        if self._world.strikes(weather.post_lost):
            self._fail()
        socket.receive(Data.decode())
        self._world.posted(ConnectionId, Data)
        self.process.step()
        if self._world.strikes(weather.post_unheard):
            self._fail()

    def delete_connection(self, *, ConnectionId: str) -> None:  # noqa: N803 - botocore's names
        self.process.step()
        self.process.travel(self._world.weather.post_s)
        socket = self._world.gateway.sockets[ConnectionId]
        if not socket.is_open:
            raise _error("GoneException", 410, "DeleteConnection")
        if self._world.strikes(self._world.weather.post_lost):
            socket.is_left_open = True
            self._fail()
        if self._world.weather.is_mild and not self._world.has_expired:
            self._world.blame(f"{ConnectionId} is closed for no reason")
        self._world.gateway.close(socket)
        self.process.step()

    def _fail(self) -> None:
        if self._world.random.random() < 0.5:
            raise _error("InternalServerErrorException", 502, "PostToConnection")
        self.process.travel(_PATIENCE_S)
        self.process.step()
        raise ReadTimeoutError(endpoint_url="https://gateway")


def _error(code: str, status: int, operation: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)
