"""What this process asks of MiniStack, through boto3."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import boto3
from botocore.config import Config

STAGE: Final = "local"
ACCOUNT: Final = "000000000000"
REGION: Final = "us-east-1"
NOBODY: Final = "test"
"""MiniStack's account, and the credentials it takes, which mean nothing anywhere else."""

_PREFIX: Final = f"polaris-{STAGE}"
_RECORD: Final = f"/{_PREFIX}/deployed"


@dataclass(frozen=True)
class Deployed:
    """What is deployed.

    Attributes:
        api_id: of the HTTP API.
        sync: id and stage of the WebSocket API as in a path, or empty: there is none.
        storage_bucket: name of the bucket of binary files.
        internal_key: what internal callers pass.
        environment: the environment of the functions.
    """

    api_id: str
    sync: str
    storage_bucket: str
    internal_key: str
    environment: Mapping[str, str]


class Cloud:
    """The services at one endpoint."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def record(self) -> dict[str, Any]:
        """Return what `keep_record` kept, or nothing.

        The record is in MiniStack, so that it goes back with everything else if a run ends without saving its state.
        """
        parameters = self._ssm.get_parameters(Names=[_RECORD])["Parameters"]
        return dict(json.loads(parameters[0]["Value"])) if parameters else {}

    def keep_record(self, record: Mapping[str, Any]) -> None:
        """Keep a small JSON object."""
        self._ssm.put_parameter(Name=_RECORD, Type="String", Value=json.dumps(record), Overwrite=True)

    def deployed(self) -> Deployed:
        """Look up what the stacks made."""
        outputs = self._outputs()
        secret = self._client("secretsmanager").get_secret_value(SecretId=outputs["InternalKeySecret"])
        return Deployed(
            api_id=outputs["HttpApiId"],
            sync=f"{outputs['WebSocketApiId']}/{outputs['WebSocketStage']}" if "WebSocketApiId" in outputs else "",
            storage_bucket=outputs["StorageBucket"],
            internal_key=secret["SecretString"],
            environment=next(self._functions())["Environment"]["Variables"],
        )

    def repair_keys(self) -> None:
        """Replace the keys, which MiniStack makes of any characters, by ones that a shell reads as they are."""
        client = self._client("secretsmanager")
        for name in ("InternalKeySecret", "SigningKeySecret"):
            secret = self._outputs()[name]
            if not client.get_secret_value(SecretId=secret)["SecretString"].isalnum():
                client.put_secret_value(SecretId=secret, SecretString=secrets.token_hex(32))

    def exchange_code(self, package: bytes) -> None:
        """Give all functions the code in `package`, a ZIP file."""
        names = [function["FunctionName"] for function in self._functions()]
        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(
                lambda name: self._lambda.update_function_code(FunctionName=name, ZipFile=package), names
            ):
                pass

    def _outputs(self) -> dict[str, str]:
        stacks = self._client("cloudformation").describe_stacks()["Stacks"]
        return {entry["OutputKey"]: entry["OutputValue"] for stack in stacks for entry in stack.get("Outputs", [])}

    def _functions(self) -> Iterator[dict[str, Any]]:
        for page in self._lambda.get_paginator("list_functions").paginate():
            yield from (found for found in page["Functions"] if found["FunctionName"].startswith(f"{_PREFIX}-"))

    @cached_property
    def _lambda(self) -> Any:
        return self._client("lambda")

    @cached_property
    def _ssm(self) -> Any:
        return self._client("ssm")

    def _client(self, service: str) -> Any:
        session = boto3.Session(aws_access_key_id=NOBODY, aws_secret_access_key=NOBODY, region_name=REGION)
        config = Config(proxies={}, retries={"total_max_attempts": 1})
        return session.client(service, endpoint_url=self.endpoint, config=config)  # type: ignore[call-overload]
