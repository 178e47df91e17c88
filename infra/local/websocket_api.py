"""Passes WebSockets to the WebSocket API inside MiniStack, within API Gateway's limits, of which MiniStack has none.

Source: "Amazon API Gateway quotas for creating and deploying WebSocket APIs".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from infra.local.frames import FrameLimit
from infra.local.refusal import Refusal

FRAME_BYTES: Final = 32 * 1024
MESSAGE_BYTES: Final = 128 * 1024

_PASSED_HEADERS: Final = ("convex-client", "origin", "user-agent")
_CLOSING_S: Final = 1.0
_UNSENDABLE: Final = (0, WSCloseCode.ABNORMAL_CLOSURE)

Socket = web.WebSocketResponse | ClientWebSocketResponse


@dataclass(frozen=True)
class Lifetime:
    """How long a socket may last.

    Attributes:
        idle_s: without a message in either direction.
        most_s: altogether.
    """

    idle_s: float = 600
    most_s: float = 7200


def lifetime_from(environment: Mapping[str, str]) -> Lifetime:
    """Read `POLARIS_WEBSOCKET_IDLE_S` and `POLARIS_WEBSOCKET_MOST_S`, by which tests have sockets that end soon."""
    usual = Lifetime()
    return Lifetime(
        idle_s=float(environment.get("POLARIS_WEBSOCKET_IDLE_S") or usual.idle_s),
        most_s=float(environment.get("POLARIS_WEBSOCKET_MOST_S") or usual.most_s),
    )


class WebSocketApi:
    """The way in for sockets, and all that are open."""

    def __init__(self, lifetime: Lifetime) -> None:
        self._lifetime = lifetime
        self._open: set[_Passage] = set()

    async def forward(
        self, request: web.Request, version: str, session: ClientSession, api: str
    ) -> web.StreamResponse:
        """Let a client talk to the API until either closes.

        Args:
            request: the client's handshake.
            version: the client's version as its path tells it, or empty.
            session: for the socket to the API.
            api: URL of the API's stage.

        Raises:
            Refusal: 426 for a request that is no handshake, 403 if `$connect` refuses it, 503 if nothing answers.
        """
        client = _ClientSocket()
        if not client.can_prepare(request):
            told = "Live queries are served over WebSocket."
            raise Refusal(426, "UpgradeRequired", told, {"Connection": "Upgrade", "Upgrade": "websocket"})
        upstream = await _connect(request, version, session, api)
        try:
            await client.prepare(request)
            passage = _Passage(client, upstream)
            self._open.add(passage)
            try:
                await passage.run(self._lifetime)
            finally:
                self._open.discard(passage)
        finally:
            await upstream.close()
        return client

    def close_all(self) -> None:
        """Close every socket as if its time were up: clients come back and ask for everything anew."""
        for passage in self._open:
            passage.end(WSCloseCode.GOING_AWAY, "Going away")


class _ClientSocket(web.WebSocketResponse):
    """A client's socket, which notices frames that are too large."""

    def __init__(self) -> None:
        # aiohttp refuses a message as large as its limit; API Gateway knows no compression.
        super().__init__(timeout=_CLOSING_S, max_msg_size=MESSAGE_BYTES + 1, autoclose=False, compress=False)
        self.too_large = asyncio.Event()

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        writer = await super().prepare(request)
        protocol = request.protocol
        limit = FrameLimit(protocol._payload_parser, FRAME_BYTES, lambda _: self.too_large.set())
        protocol._payload_parser = limit  # has all that is asked of a parser
        return writer


class _Passage:
    """A client's socket and the one to the API, each fed from the other."""

    def __init__(self, client: _ClientSocket, upstream: ClientWebSocketResponse) -> None:
        self._client = client
        self._upstream = upstream
        self._end: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self._used_s = self._now_s()

    def end(self, code: int, reason: str) -> None:
        """Close both sockets for this reason, unless there was another one before."""
        if not self._end.done():
            self._end.set_result((code, reason))

    async def run(self, lifetime: Lifetime) -> None:
        """Pass messages until there is a reason to end."""
        parts = (
            self._copy(self._client, self._upstream),
            self._copy(self._upstream, self._client),
            self._expire(lifetime),
            self._refuse(),
        )
        tasks = [asyncio.ensure_future(part) for part in parts]
        try:
            code, reason = await self._end
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        sent = WSCloseCode.OK if code in _UNSENDABLE else code
        await self._client.close(code=sent, message=reason.encode())
        await self._upstream.close(code=sent, message=reason.encode())

    async def _copy(self, source: Socket, target: Socket) -> None:
        while True:
            message = await source.receive()
            self._used_s = self._now_s()
            match message.type:
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    send = target.send_str if message.type is WSMsgType.TEXT else target.send_bytes
                    try:
                        await send(message.data)
                    except ConnectionError:  # the target's own reader says why
                        return None
                case WSMsgType.CLOSE:
                    return self.end(message.data, message.extra or "")
                case _:
                    return self.end(source.close_code or WSCloseCode.ABNORMAL_CLOSURE, "")

    async def _expire(self, lifetime: Lifetime) -> None:
        last_s = self._now_s() + lifetime.most_s
        while (due_s := min(last_s, self._used_s + lifetime.idle_s)) > self._now_s():
            await asyncio.sleep(due_s - self._now_s())
        self.end(WSCloseCode.GOING_AWAY, "Going away")

    async def _refuse(self) -> None:
        await self._client.too_large.wait()
        self.end(WSCloseCode.MESSAGE_TOO_BIG, "")

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()


async def _connect(request: web.Request, version: str, session: ClientSession, api: str) -> ClientWebSocketResponse:
    headers = [(name, value) for name, value in request.headers.items() if name.lower() in _PASSED_HEADERS]
    query = [*request.query.items(), *([("v", version)] if version else [])]
    try:
        return await session.ws_connect(
            URL(api).with_query(query),
            headers=headers,
            max_msg_size=0,
            autoclose=False,
            timeout=ClientWSTimeout(ws_close=_CLOSING_S),
        )
    except WSServerHandshakeError as error:
        raise Refusal(error.status, "Forbidden", "The WebSocket API refuses the connection.") from error
    except (ClientError, TimeoutError) as error:
        raise Refusal(503, "ServiceUnavailable", f"The local cloud does not answer: {error}") from error
