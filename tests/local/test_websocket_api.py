from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from infra.local.edge import Backend, Edge
from infra.local.gate import Gate
from infra.local.websocket_api import FRAME_BYTES, MESSAGE_BYTES, Lifetime, lifetime_from
from tests.local.served import ask, identity

Behind = Callable[[web.WebSocketResponse], Awaitable[None]]
Seen = dict[str, Any]


async def echo(socket: web.WebSocketResponse) -> None:
    """Answer every message with itself."""
    async for message in socket:
        await socket.send_str(message.data)


def talk(
    client: Callable[[ClientWebSocketResponse, Edge], Awaitable[Any]],
    behind: Behind = echo,
    path: str = "/api/1.48.0/sync",
    lifetime: Lifetime | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[Any, Seen]:
    """Let `client` talk through an edge to `behind`; return what it returns and what the API saw."""
    seen: Seen = {}
    has_ended = asyncio.Event()

    async def upstream(request: web.Request) -> web.StreamResponse:
        seen.update(path=request.path, query=dict(request.query), headers=request.headers)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await behind(socket)
        seen["code"] = socket.close_code
        has_ended.set()
        return socket

    async def talked() -> Any:
        application = web.Application()
        application.router.add_get("/live/polaris-local", upstream)
        async with TestServer(application) as server, ClientSession() as session:
            root = str(server.make_url("")).rstrip("/")
            edge = Edge(Backend("", f"{root}/live/polaris-local", ""), identity(), Gate(), lifetime)
            runner = edge.runner()
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                address = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
                async with session.ws_connect(address, headers=headers, autoclose=False, max_msg_size=0) as socket:
                    told = await asyncio.wait_for(client(socket, edge), 20)
                await asyncio.wait_for(has_ended.wait(), 20)
                return told
            finally:
                await runner.cleanup()

    return asyncio.run(talked()), seen


async def ended(socket: ClientWebSocketResponse) -> tuple[int | None, str]:
    """Return the code and the reason by which the socket is closed."""
    while True:
        message = await socket.receive()
        if message.type is WSMsgType.CLOSE:
            return message.data, message.extra or ""
        assert message.type is WSMsgType.TEXT, f"it ended without a word: {message}"


async def nothing(socket: ClientWebSocketResponse, _: Edge) -> None:
    await socket.close()


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/1.48.0/sync", {"v": "1.48.0"}),
        ("/api/sync", {}),
        ("//api/1.48.0/sync?a=b", {"a": "b", "v": "1.48.0"}),
    ],
)
def test_a_socket_reaches_the_stage_with_the_clients_version(path: str, query: dict[str, str]) -> None:
    _, seen = talk(nothing, path=path)
    assert (seen["path"], seen["query"]) == ("/live/polaris-local", query)


def test_the_api_learns_which_client_it_is_and_not_what_host_it_asked_for() -> None:
    _, seen = talk(nothing, headers={"Convex-Client": "python-0.7.0", "Host": "elsewhere.example"})
    assert seen["headers"]["Convex-Client"] == "python-0.7.0"
    assert seen["headers"]["Host"].startswith("127.0.0.1:")


def test_messages_pass_both_ways_in_order() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> list[str]:
        for number in range(50):
            await socket.send_str(f"message {number}")
        return [await socket.receive_str() for _ in range(50)]

    heard, _ = talk(client)
    assert heard == [f"message {number}" for number in range(50)]


def test_more_sockets_than_a_client_library_opens_by_itself_are_open_at_once() -> None:
    async def client(socket: ClientWebSocketResponse, edge: Edge) -> str:
        async with ClientSession(connector=TCPConnector(limit=0)) as session:
            address = f"http://127.0.0.1:{socket.get_extra_info('peername')[1]}/api/1.48.0/sync"
            others = [await session.ws_connect(address) for _ in range(120)]
            await others[-1].send_str("the last")
            return await others[-1].receive_str()

    assert talk(client)[0] == "the last"


def test_a_frame_of_32_kb_passes() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> str:
        await socket.send_str("x" * FRAME_BYTES)
        return await socket.receive_str()

    heard, _ = talk(client)
    assert heard == "x" * FRAME_BYTES


def test_a_frame_above_32_kb_closes_the_socket() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> tuple[int | None, str]:
        await socket.send_str("x" * (FRAME_BYTES + 1))
        return await ended(socket)

    code, seen = talk(client)
    assert (code[0], seen["code"]) == (1009, 1009)


async def send_fragments(socket: ClientWebSocketResponse, size_bytes: int) -> None:
    """Send a message in frames of 16 KB."""
    writer = socket._writer
    pieces = [b"x" * min(16_384, size_bytes - start) for start in range(0, size_bytes, 16_384)]
    for number, piece in enumerate(pieces):
        opcode = 1 if number == 0 else 0
        final = 0x80 if number == len(pieces) - 1 else 0
        # Masked with zeros, which leave the payload as it is.
        writer.transport.write(bytes([final | opcode, 0x80 | 126]) + len(piece).to_bytes(2, "big") + bytes(4) + piece)
        await asyncio.sleep(0)


def test_a_message_of_128_kb_in_several_frames_passes() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> str:
        await send_fragments(socket, MESSAGE_BYTES)
        return await socket.receive_str()

    heard, _ = talk(client)
    assert len(heard) == MESSAGE_BYTES


def test_a_message_above_128_kb_closes_the_socket_whatever_its_frames() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> tuple[int | None, str]:
        await send_fragments(socket, MESSAGE_BYTES + 1)
        return await ended(socket)

    (code, _), _ = talk(client)
    assert code == 1009


def test_an_idle_socket_is_closed() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> tuple[int | None, str]:
        return await ended(socket)

    code, seen = talk(client, lifetime=Lifetime(idle_s=0.2))
    assert (code, seen["code"]) == ((1001, "Going away"), 1001)


@pytest.mark.parametrize("from_client", [True, False])
def test_a_socket_is_not_idle_while_messages_pass_in_either_direction(*, from_client: bool) -> None:
    async def speak(socket: Any) -> None:
        for _ in range(18):
            await asyncio.sleep(0.2)
            await socket.send_str("here")

    async def behind(socket: web.WebSocketResponse) -> None:
        if not from_client:
            await speak(socket)
            await socket.close(code=1000)
        async for _ in socket:
            pass

    async def client(socket: ClientWebSocketResponse, _: Edge) -> tuple[int | None, str]:
        if from_client:
            await speak(socket)
            await socket.close(code=1000)
            return (socket.close_code, "")
        return await ended(socket)

    (code, _), seen = talk(client, behind, lifetime=Lifetime(idle_s=3))
    assert (code, seen["code"]) == (1000, 1000)


def test_a_socket_ends_when_its_time_is_up_however_busy_it_is() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> tuple[int | None, str]:
        async def speak() -> None:
            while not socket.closed:
                await socket.send_str("here")
                await asyncio.sleep(0.05)

        speaking = asyncio.ensure_future(speak())
        try:
            return await ended(socket)
        finally:
            speaking.cancel()

    code, _ = talk(client, lifetime=Lifetime(most_s=0.5))
    assert code == (1001, "Going away")


def test_the_api_learns_by_which_code_a_client_closed() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> None:
        await socket.close(code=4040, message=b"bye")

    _, seen = talk(client)
    assert seen["code"] == 4040


def test_a_client_learns_by_which_code_the_api_closed() -> None:
    async def behind(socket: web.WebSocketResponse) -> None:
        await socket.close(code=4001, message=b"no more")

    async def client(socket: ClientWebSocketResponse, _: Edge) -> tuple[int | None, str]:
        return await ended(socket)

    code, _ = talk(client, behind)
    assert code == (4001, "no more")


def test_a_client_that_vanishes_is_noticed() -> None:
    async def client(socket: ClientWebSocketResponse, _: Edge) -> None:
        connection = socket._response.connection
        assert connection
        assert connection.transport
        connection.transport.abort()

    _, seen = talk(client)
    assert "code" in seen


def test_sockets_are_closed_when_the_code_behind_them_is_exchanged() -> None:
    async def client(socket: ClientWebSocketResponse, edge: Edge) -> tuple[int | None, str]:
        await socket.send_str("here")
        await socket.receive_str()
        edge.sockets.close_all()
        return await ended(socket)

    code, _ = talk(client)
    assert code == (1001, "Going away")


def test_a_request_that_is_no_handshake_is_told_so() -> None:
    answer = ask("GET", "/api/1.48.0/sync")
    assert (answer.status, answer.json["code"]) == (426, "UpgradeRequired")
    assert answer.headers["Upgrade"] == "websocket"


def test_a_refusal_by_the_api_is_passed_on() -> None:
    async def upstream(request: web.Request) -> web.StreamResponse:
        return web.Response(status=403)

    async def refused() -> int:
        application = web.Application()
        application.router.add_get("/sync", upstream)
        async with TestServer(application) as server, ClientSession() as session:
            backend = Backend("", str(server.make_url("/sync")), "")
            runner = Edge(backend, identity(), Gate()).runner()
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                with pytest.raises(WSServerHandshakeError) as raised:
                    await session.ws_connect(f"http://127.0.0.1:{runner.addresses[0][1]}/api/sync")
                return raised.value.status
            finally:
                await runner.cleanup()

    assert asyncio.run(refused()) == 403


def test_lifetimes_are_those_of_api_gateway_unless_shortened() -> None:
    assert lifetime_from({}) == Lifetime(idle_s=600, most_s=7200)
    short = {"POLARIS_WEBSOCKET_IDLE_S": "1.5", "POLARIS_WEBSOCKET_MOST_S": "3"}
    assert lifetime_from(short) == Lifetime(idle_s=1.5, most_s=3)
