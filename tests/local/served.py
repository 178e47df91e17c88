"""The edge as a client sees it, in front of an upstream that a test writes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from multidict import CIMultiDictProxy
from yarl import URL

from infra.local.edge import Administration, Backend, Edge
from infra.local.gate import Gate
from infra.local.identity import IdentityProvider

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ORIGIN = "http://127.0.0.1:3210"
NOW_S = 1_700_000_000.0

Upstream = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Answer:
    """What the client got."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


async def echo(request: web.Request) -> web.StreamResponse:
    """Answer with what arrived."""
    seen = {"method": request.method, "path": request.raw_path, "headers": dict(request.headers)}
    return web.json_response({**seen, "body": (await request.read()).decode("latin-1")})


def identity() -> IdentityProvider:
    """Return the identity provider of the edge."""
    return IdentityProvider(ORIGIN, KEY, lambda: NOW_S)


def ask(
    method: str,
    path: str,
    upstream: Upstream = echo,
    timeout_s: float = 30,
    administration: Administration | None = None,
    **options: Any,
) -> Answer:
    """Send one request to an edge whose HTTP API is at `/http-api` and whose bucket is at `/bucket` of `upstream`.

    Its WebSocket API is at `/sync`.
    """

    async def asked() -> Answer:
        behind = web.Application(client_max_size=64 * 1024 * 1024)
        behind.router.add_route("*", "/{path:.*}", upstream)
        async with TestServer(behind) as server, ClientSession() as client:
            root = str(server.make_url("")).rstrip("/")
            backend = Backend(f"{root}/http-api", f"{root}/sync", f"{root}/bucket")
            edge = Edge(backend, identity(), Gate(), timeout_s=timeout_s, administration=administration)
            runner = edge.runner()
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                address = URL(f"http://127.0.0.1:{runner.addresses[0][1]}{path}", encoded=True)
                async with client.request(method, address, **options) as response:
                    return Answer(response.status, response.headers, await response.read())
            finally:
                await runner.cleanup()

    return asyncio.run(asked())
