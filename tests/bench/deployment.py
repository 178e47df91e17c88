"""A deployment in this process: real handlers, the real client, tables on the endpoint of the environment."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

import functions.projects
from shared import aws
from shared.db.aws import open_store
from shared.db.rebuild import rebuild
from shared.settings import settings
from tests.support.dynamodb import create_tables
from tests.support.stores import HashSigner

PREFIX = "bench-"
ISSUER = "https://bench.example.com"


class BenchDeployment:
    """A deployment with one project.

    Attributes:
        issuer: of its tokens.
        public_key: what verifies them, as a JWK.
        project: the id of the project.
    """

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.issuer = ISSUER
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        jwk = {**public, "kid": "bench", "alg": "RS256", "use": "sig"}
        self.public_key = json.dumps(jwk)
        os.environ.update(_settings(jwk))
        secrets = aws.client("secretsmanager", endpoint=os.environ["AWS_ENDPOINT_URL"])
        for name in ("bench-internal", "bench-signing"):
            secrets.create_secret(Name=name, SecretString="k" * 64)
        parameters = aws.client("ssm", endpoint=os.environ["AWS_ENDPOINT_URL"])
        parameters.put_parameter(Name="/bench/public-url", Value="http://127.0.0.1:1", Type="String")
        aws.client.cache_clear()
        create_tables(aws.client("dynamodb", repeats=False), PREFIX)
        rebuild(open_store(settings(), HashSigner()))
        self._token = self._sign()
        self.project = self.call(functions.projects.create, name="Bench")

    def table(self, name: str) -> str:
        """Return a table's name in the account."""
        return PREFIX + name

    def event(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return what API Gateway sends of a request of the signed-in user."""
        return {
            "version": "2.0",
            "rawPath": "/api/run/bench/bench",
            "headers": {"authorization": f"Bearer {self._token}", "content-type": "application/json"},
            "requestContext": {"http": {"method": "POST", "path": "/"}, "requestId": "bench", "timeEpoch": 0},
            "body": json.dumps(body),
            "isBase64Encoded": False,
        }

    def call(self, handler: Callable[[Any, Any], Any], **args: Any) -> Any:
        """Call a handler as API Gateway would and return the value of its answer."""
        with redirect_stdout(StringIO()):
            answer = handler(self.event({"args": args}), _CONTEXT)
        value = json.loads(answer["body"])
        assert value["status"] == "success", value
        return value["value"]

    def call_internal(self, handler: Callable[[Any, Any], Any], **args: Any) -> Any:
        """Call a handler as a state machine would and return its value."""
        with redirect_stdout(StringIO()):
            return handler({"args": args}, _CONTEXT)

    def _sign(self) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "convex", "sub": "bench", "iat": now, "exp": now + 3600}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "bench"})


_CONTEXT = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 29_000)


def _settings(jwk: dict[str, Any]) -> dict[str, str]:
    keys = base64.b64encode(json.dumps({"keys": [jwk]}).encode()).decode()
    provider = {
        "type": "customJwt",
        "issuer": ISSUER,
        "jwks": f"data:application/json;base64,{keys}",
        "algorithm": "RS256",
        "applicationID": "convex",
    }
    return {
        "POLARIS_TABLE_PREFIX": PREFIX,
        "POLARIS_CONTENT_BUCKET": "bench-content",
        "POLARIS_STORAGE_BUCKET": "bench-storage",
        "POLARIS_INTERNAL_KEY_SECRET": "bench-internal",
        "POLARIS_SIGNING_KEY_SECRET": "bench-signing",
        # The floors limit nobody either; what limits cost is in docs/capacity.md.
        "POLARIS_LIMITS": '{"queries": 0, "mutations": 0}',
        "POLARIS_PUBLIC_URL_PARAMETER": "/bench/public-url",
        "POLARIS_AUTH_PROVIDERS": json.dumps([provider]),
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
