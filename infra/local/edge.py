"""The one origin in front of everything, which CloudFront is on AWS.

/api/sync, /api/{version}/sync     the WebSocket API
GET /api/storage/{uuid}            the bucket
/dev/…                             the development identity provider, and the console's token
/api/…                             the HTTP API
any other                          the console
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

from infra.cors import CORS_HEADERS, CORS_MAX_AGE_S, CORS_METHODS, CORS_ORIGINS
from infra.local import console, http_api, limits, objects
from infra.local.gate import Gate
from infra.local.identity import LIFETIME_S, IdentityProvider
from infra.local.refusal import Refusal
from infra.local.websocket_api import Lifetime, WebSocketApi

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_SYNC: Final = re.compile(r"/api/(?:(\d[^/]*)/)?sync")
_STORED: Final = re.compile(r"/api/storage/([^/]+)")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Backend:
    """Where the deployed parts answer.

    Attributes:
        api: URL of the HTTP API.
        sync: URL of the WebSocket API's stage.
        bucket: URL of the bucket of binary files.
    """

    api: str
    sync: str
    bucket: str


@dataclass(frozen=True)
class Administration:
    """What the edge has for administrators.

    Attributes:
        token: makes a token of an administrator.
        console: the folder of the built console.
    """

    token: Callable[[], str]
    console: Path


class Edge:
    """The web application; `backend` may be replaced while it serves."""

    def __init__(
        self,
        backend: Backend,
        identity: IdentityProvider,
        gate: Gate,
        lifetime: Lifetime | None = None,
        timeout_s: float = limits.INTEGRATION_TIMEOUT_S,
        administration: Administration | None = None,
    ) -> None:
        self.backend = backend
        self.sockets = WebSocketApi(lifetime or Lifetime())
        self._identity = identity
        self._gate = gate
        self._timeout_s = timeout_s
        self._administration = administration
        self._session: ClientSession

    def runner(self) -> web.AppRunner:
        """Return what serves the edge; it opens its connections to the backend when it is set up."""
        application = web.Application(middlewares=[_explain, _enforce_header_limit])
        application.on_response_prepare.append(_allow_origins)
        application.cleanup_ctx.append(self._connect)
        application.router.add_route("*", r"/{path:[\s\S]*}", self._dispatch)
        # The parser's limits are wider than API Gateway's, so that the edge answers what is above those.
        return web.AppRunner(
            application, access_log=None, shutdown_timeout=1, max_line_size=65_536, max_field_size=65_536
        )

    async def _connect(self, _: web.Application) -> AsyncIterator[None]:
        # Bytes pass as they are: no cookies, no decompression, as many connections as there are callers.
        everybody = TCPConnector(limit=0)
        async with ClientSession(
            connector=everybody, cookie_jar=DummyCookieJar(), auto_decompress=False
        ) as self._session:
            yield

    async def _dispatch(self, request: web.Request) -> web.StreamResponse:
        # Clients put the deployment's address before "/api"; a slash at its end makes two of them.
        target = "/" + request.raw_path.lstrip("/")
        path = target.partition("?")[0]
        if request.method == "OPTIONS":
            return web.Response(status=204)
        if path.startswith("/dev/"):
            return await self._develop(request, path)
        if sync := _SYNC.fullmatch(path):
            return await self.sockets.forward(request, sync[1] or "", self._session, self.backend.sync)
        stored = _STORED.fullmatch(path)
        if stored and request.method in {"GET", "HEAD"}:
            return await objects.serve(request, stored[1], self._session, self.backend.bucket)
        if path.startswith("/api/"):
            async with self._gate.passed():
                return await http_api.forward(request, target, self._session, self.backend.api, self._timeout_s)
        if self._administration and request.method in {"GET", "HEAD"} and "Upgrade" not in request.headers:
            return console.serve(path, self._administration.console)
        raise Refusal(404, "NotFound", f"There is nothing at {path}.")

    async def _develop(self, request: web.Request, path: str) -> web.Response:
        # A page elsewhere can point its own name at this machine; then the name is in `Host`.
        if not _is_loopback(f"//{request.host}"):
            raise Refusal(403, "Forbidden", "The development identity provider answers on loopback only.")
        if request.method not in {"GET", "HEAD"}:
            raise Refusal(405, "MethodNotAllowed", f"{path} takes GET.")
        match path:
            case "/dev/token":
                return web.Response(text=self._token(request))
            case "/dev/admin-token" if self._administration:
                return web.Response(text=await asyncio.to_thread(self._administration.token))
            case "/dev/auth/.well-known/openid-configuration":
                return web.json_response(self._identity.configuration())
            case "/dev/auth/jwks.json":
                return web.json_response(self._identity.jwks())
        raise Refusal(404, "NotFound", f"There is nothing at {path}.")

    def _token(self, request: web.Request) -> str:
        query = request.query
        if not query.get("subject"):
            raise Refusal(400, "BadRequest", "Say who: /dev/token?subject=ada&email=ada@example.com")
        try:
            lifetime_s = int(query.get("expiresIn", LIFETIME_S))
        except ValueError as error:
            raise Refusal(400, "BadRequest", "expiresIn is a whole number of seconds.") from error
        claims = {name: query[name] for name in ("email", "name", "picture") if name in query}
        return self._identity.token(query["subject"], lifetime_s, **claims)


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        return refusal.response()


@web.middleware
async def _enforce_header_limit(request: web.Request, handler: Handler) -> web.StreamResponse:
    limits.check_headers(request.method, request.raw_path, request.raw_headers)
    return await handler(request)


async def _allow_origins(request: web.Request, response: web.StreamResponse) -> None:
    for name in [name for name in response.headers if name.lower().startswith("access-control-")]:
        del response.headers[name]
    origin = request.headers.get("Origin", "")
    if not request.path.startswith("/dev/"):
        response.headers["Access-Control-Allow-Origin"] = ", ".join(CORS_ORIGINS)
    elif _is_loopback(origin):
        # Tokens are for the developer's own pages, not for any page that is open in the same browser.
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ", ".join(CORS_METHODS)
        response.headers["Access-Control-Allow-Headers"] = ", ".join(CORS_HEADERS)
        response.headers["Access-Control-Max-Age"] = str(CORS_MAX_AGE_S)


def _is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False
