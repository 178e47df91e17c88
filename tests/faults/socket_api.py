"""The WebSocket API, its mailbox and its actors in a small cloud, all of whose calls go through a proxy."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from contextlib import suppress
from functools import cached_property
from typing import Any, Final

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.cloud import ACCOUNT, REGION
from tests.faults.proxy import Proxy
from tests.faults.small_cloud import SmallCloud
from tests.sync.live import Message, connect, modify, mutation

ISSUER: Final = "https://faults.example.com"
PATIENCE_S: Final = 180
_SILENCE_S: Final = 2
_ROUTES: Final = {"$connect": "connect", "$disconnect": "disconnect", "$default": "receive"}


class SocketApi:
    """A WebSocket API that is deployed when this is made.

    Attributes:
        url: where sockets are opened.
    """

    def __init__(self, cloud: SmallCloud, proxy: Proxy) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        cloud.make_tables()
        gateway = cloud.client("apigatewayv2")
        api = gateway.create_api(Name="sync", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.type")
        path = f"/_aws/execute-api/{api['ApiId']}/stage"
        settings = {"AUTH_PROVIDERS": self._providers, "WEBSOCKET_ENDPOINT": proxy.endpoint + path}
        for route, name in _ROUTES.items():
            arn = cloud.deploy(name, proxy.endpoint, **settings)
            integration = gateway.create_integration(
                ApiId=api["ApiId"], IntegrationType="AWS_PROXY", IntegrationUri=arn
            )
            target = f"integrations/{integration['IntegrationId']}"
            gateway.create_route(ApiId=api["ApiId"], RouteKey=route, Target=target)
        gateway.create_stage(ApiId=api["ApiId"], StageName="stage")
        cloud.client("lambda").create_event_source_mapping(
            EventSourceArn=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{cloud.queue.rpartition('/')[2]}",
            FunctionName=cloud.deploy("session", proxy.endpoint, **settings),
            BatchSize=10,
        )
        self.url = cloud.endpoint.replace("http:", "ws:") + path

    @cached_property
    def _providers(self) -> str:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        keys = json.dumps({"keys": [{**public, "kid": "faults", "alg": "RS256", "use": "sig"}]}).encode()
        jwks = f"data:application/json;base64,{base64.b64encode(keys).decode()}"
        provider = {"type": "customJwt", "issuer": ISSUER, "jwks": jwks, "algorithm": "RS256"}
        return json.dumps([provider | {"applicationID": "convex"}])

    def token(self, subject: str) -> str:
        """Return a token of the deployment's identity provider."""
        now_s = int(time.time())
        claims = {"iss": ISSUER, "sub": subject, "aud": "convex", "iat": now_s, "exp": now_s + 3600}
        return jwt.encode(claims, self._key, "RS256", {"kid": "faults"})

    def person(self, subject: str) -> Person:
        """Return a client of a user."""
        return Person(self.url, self.token(subject))


class Person:
    """A client that sends again what was not answered, under the same numbers, as Convex's own does."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._session = str(uuid.uuid4())
        self._connections = 0

    async def create_projects(self, names: list[str]) -> None:
        """Create projects over WebSockets, each as soon as the one before it is answered."""
        answered, deadline = 0, time.monotonic() + PATIENCE_S
        url, timeout = f"{self._url}?v=1.40.0", aiohttp.ClientWSTimeout(ws_receive=_SILENCE_S)
        async with aiohttp.ClientSession(headers={"Convex-Client": "npm-1.40.0"}) as session:
            while answered < len(names):
                assert time.monotonic() < deadline, f"{answered} of {len(names)} are answered"
                with suppress(aiohttp.ClientError):  # refused, or closed while it was speaking: it connects again
                    async with session.ws_connect(url, timeout=timeout) as socket:
                        answered = await self._talk(socket, names, answered)
                await asyncio.sleep(0.05)

    async def _talk(self, socket: aiohttp.ClientWebSocketResponse, names: list[str], answered: int) -> int:
        """Return how many are answered when the connection has ended, or all are."""
        await socket.send_json(connect(self._connections, self._session))
        self._connections += 1
        identity: Message = {"type": "Authenticate", "baseVersion": 0, "tokenType": "User", "value": self._token}
        await socket.send_json(identity)
        await socket.send_json(modify(0))
        while answered < len(names):
            await socket.send_json(mutation(answered, "projects:create", name=names[answered]))
            if not await _is_answered(socket, answered):
                break
            answered += 1
        return answered


async def _is_answered(socket: aiohttp.ClientWebSocketResponse, number: int) -> bool:
    """Wait for the answer of a request; False: the connection has ended, or is silent for too long."""
    while True:
        try:
            message: Any = await socket.receive()
        except TimeoutError:
            return False
        if message.type is not aiohttp.WSMsgType.TEXT:
            return False
        told = message.json()
        if "type" not in told:  # API Gateway's own error: the frame is lost
            return False
        if told["type"] == "MutationResponse" and told["requestId"] == number:
            assert told["success"], told
            return True
