"""Warm calls of Lambda handlers, beside the bare client calls that they contain, against the same DynamoDB."""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace
from typing import Any

import boto3
import jwt
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import rsa

import functions.files
import functions.projects
from shared import aws
from shared.db.aws import open_store
from shared.db.rebuild import rebuild
from shared.settings import settings
from tests.bench.measure import Measurement, compare
from tests.support.dynamodb import create_tables
from tests.support.stores import HashSigner

PREFIX = "bench-"
ISSUER = "https://bench.example.com"
FILES = 20
ROUNDS = 400
WARM_UP = 60


class WarmCalls:
    """A deployment in this process: real handlers, real client, tables on the endpoint of the environment."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        os.environ.update(self._settings())
        secrets = aws.client("secretsmanager")
        for name in ("bench-internal", "bench-signing"):
            secrets.create_secret(Name=name, SecretString="k" * 64)
        aws.client("ssm").put_parameter(Name="/bench/public-url", Value="http://127.0.0.1:1", Type="String")
        create_tables(aws.client("dynamodb", repeats=False), PREFIX)
        rebuild(open_store(settings(), HashSigner()))
        self._token = self._sign()
        self._bare = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
        self._pool = ThreadPoolExecutor(4)
        self.project = self.call(functions.projects.create, name="Bench")
        for number in range(FILES):
            file = {"projectId": self.project, "name": f"file{number}.py", "content": "x = 1\n" * 100}
            self.call(functions.files.create_file, **file)

    def call(self, handler: Callable[[Any, Any], Any], **args: Any) -> Any:
        """Call a handler as API Gateway would and return the value of its answer."""
        body = json.dumps({"args": args})
        event = {
            "version": "2.0",
            "rawPath": "/api/run/bench/bench",
            "headers": {"authorization": f"Bearer {self._token}", "content-type": "application/json"},
            "requestContext": {"http": {"method": "POST", "path": "/"}, "requestId": "bench", "timeEpoch": 0},
            "body": body,
            "isBase64Encoded": False,
        }
        with redirect_stdout(StringIO()):
            answer = handler(
                event, SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 29_000)
            )
        value = json.loads(answer["body"])
        assert value["status"] == "success", value
        return value["value"]

    def get_by_id(self) -> Measurement:
        """`projects:getById` beside one GetItem."""
        return self._compare(
            lambda: self.call(functions.projects.get_by_id, id=self.project),
            lambda: self._get("projects", self.project),
        )

    def get_folder_contents(self) -> Measurement:
        """`files:getFolderContents` beside its four calls, three of them side by side."""
        return self._compare(
            lambda: self.call(functions.files.get_folder_contents, projectId=self.project), self._bare_folder
        )

    def memory(self) -> Measurement:
        """This process's largest size, beside the 120 MB it may have."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        megabytes = peak / 1024 if sys.platform == "linux" else peak / 1024**2
        return Measurement(megabytes, "MB", 120.0, megabytes / 120, 0.0)

    def _compare(self, subject: Callable[[], object], floor: Callable[[], object]) -> Measurement:
        return compare(subject, floor, rounds=ROUNDS, warm_up=WARM_UP)

    def _get(self, table: str, id_: str) -> Any:
        return self._bare.get_item(TableName=PREFIX + table, Key={"_id": {"S": id_}}, ConsistentRead=True)

    def _bare_folder(self) -> None:
        range_name = f'files.by_project_parent/["{self.project}","-"]'
        since = f"{time.time_ns() - 120 * 10**9:016x}"
        names = {"#0": "range", "#1": "commit"}
        values = {":0": {"S": range_name}, ":1": {"S": since}}
        waiting = [
            self._pool.submit(self._get, "projects", self.project),
            self._pool.submit(
                self._bare.query,
                TableName=f"{PREFIX}changes",
                KeyConditionExpression="#0 = :0 AND #1 >= :1",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ConsistentRead=True,
            ),
        ]
        listed = self._bare.query(
            TableName=f"{PREFIX}files",
            IndexName="by_project_parent",
            KeyConditionExpression="#0 = :0 AND #1 = :1",
            ExpressionAttributeNames={"#0": "projectId", "#1": "_parentIdOrAbsent"},
            ExpressionAttributeValues={":0": {"S": self.project}, ":1": {"S": "-"}},
        )
        for future in waiting:
            future.result()
        keys = [{"_id": item["_id"]} for item in listed["Items"]]
        found = self._bare.batch_get_item(RequestItems={f"{PREFIX}files": {"Keys": keys, "ConsistentRead": True}})
        assert len(found["Responses"][f"{PREFIX}files"]) == FILES

    def _settings(self) -> dict[str, str]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        keys = json.dumps({"keys": [{**public, "kid": "bench", "alg": "RS256", "use": "sig"}]})
        provider = {
            "type": "customJwt",
            "issuer": ISSUER,
            "jwks": f"data:application/json;base64,{base64.b64encode(keys.encode()).decode()}",
            "algorithm": "RS256",
            "applicationID": "convex",
        }
        return {
            "POLARIS_TABLE_PREFIX": PREFIX,
            "POLARIS_CONTENT_BUCKET": "bench-content",
            "POLARIS_STORAGE_BUCKET": "bench-storage",
            "POLARIS_INTERNAL_KEY_SECRET": "bench-internal",
            "POLARIS_SIGNING_KEY_SECRET": "bench-signing",
            "POLARIS_LIMITS": '{"queries": 0, "mutations": 0}',
            "POLARIS_PUBLIC_URL_PARAMETER": "/bench/public-url",
            "POLARIS_AUTH_PROVIDERS": json.dumps([provider]),
            "POWERTOOLS_SERVICE_NAME": "bench",
            "POWERTOOLS_METRICS_NAMESPACE": "bench",
            "POWERTOOLS_TRACE_DISABLED": "true",
        }

    def _sign(self) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "convex", "sub": "bench", "iat": now, "exp": now + 3600}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "bench"})
