"""What this process asks of MiniStack, through boto3."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

import boto3
from botocore.config import Config

from infra.local.failure import LocalCloudFailure
from shared.secrets import SecretKeys, SigningKey, secrets_manager
from shared.sync.messages import KEPT_ALIVE

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
        sync: id and stage of the WebSocket API as in a path.
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
        """Look up what the stacks made.

        Raises:
            LocalCloudFailure: something is missing.
        """
        outputs = self._outputs("HttpApiId", "WebSocketApiId", "WebSocketStage", "StorageBucket", "InternalKeySecret")
        secret = self._client("secretsmanager").get_secret_value(SecretId=outputs["InternalKeySecret"])
        any_function = next(self._functions())
        return Deployed(
            api_id=outputs["HttpApiId"],
            sync=f"{outputs['WebSocketApiId']}/{outputs['WebSocketStage']}",
            storage_bucket=outputs["StorageBucket"],
            internal_key=secret["SecretString"],
            environment=any_function["Environment"]["Variables"],
        )

    def signer(self) -> SigningKey:
        """Return what signs for the deployment."""
        secret = self._outputs("SigningKeySecret")["SigningKeySecret"]
        return SigningKey(SecretKeys(secrets_manager(lambda: self._client("secretsmanager"), secret), time.time))

    def repair_keys(self) -> None:
        """Replace the keys, which MiniStack makes of any characters, by ones that a shell reads as they are."""
        client = self._client("secretsmanager")
        for secret in self._outputs("InternalKeySecret", "SigningKeySecret").values():
            if not client.get_secret_value(SecretId=secret)["SecretString"].isalnum():
                client.put_secret_value(SecretId=secret, SecretString=secrets.token_hex(32))

    def answer_keep_alives(self) -> None:
        """Create what MiniStack's CloudFormation does not know: the answer of a mock integration."""
        api = {"ApiId": self._outputs("WebSocketApiId")["WebSocketApiId"]}
        client = self._client("apigatewayv2")
        for integration in client.get_integrations(**api)["Items"]:
            mock = {**api, "IntegrationId": integration["IntegrationId"]}
            if integration["IntegrationType"] == "MOCK" and not client.get_integration_responses(**mock)["Items"]:
                answer = {"IntegrationResponseKey": "$default", "ResponseTemplates": {"$default": KEPT_ALIVE}}
                client.create_integration_response(**mock, **answer)

    def delete_stacks_except(self, names: Collection[str]) -> None:
        """Delete the stacks of modules that are no longer there; `cdk deploy` leaves them."""
        client = self._client("cloudformation")
        for stack in client.describe_stacks()["Stacks"]:
            if stack["StackName"].startswith(f"{_PREFIX}-") and stack["StackName"] not in names:
                client.delete_stack(StackName=stack["StackName"])

    def exchange_code(self, package: bytes) -> None:
        """Give all functions the code in `package`, a ZIP file."""
        names = [function["FunctionName"] for function in self._functions()]
        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(
                lambda name: self._lambda.update_function_code(FunctionName=name, ZipFile=package), names
            ):
                pass

    def strike_clocks(self, now: datetime) -> None:
        """Do what schedules of every minute would have done, had they run before now.

        MiniStack lets up to two minutes pass before one runs for the first time. What was due a minute ago is for
        this minute, and so on.
        """
        for minutes in (-1, 0, 1):
            struck = {"time": (now + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")}
            for function in self._scheduled():
                self._lambda.invoke(FunctionName=function, Payload=json.dumps(struck))

    def _scheduled(self) -> Iterator[str]:
        client = self._client("events")
        for rule in client.list_rules(NamePrefix=f"{_PREFIX}-")["Rules"]:
            if rule.get("ScheduleExpression", "").startswith("cron(* * "):
                targets = client.list_targets_by_rule(Rule=rule["Name"])["Targets"]
                yield from (target["Arn"] for target in targets)

    def _outputs(self, *names: str) -> dict[str, str]:
        stacks = self._client("cloudformation").describe_stacks()["Stacks"]
        found = {entry["OutputKey"]: entry["OutputValue"] for stack in stacks for entry in stack.get("Outputs", [])}
        if missing := [name for name in names if name not in found]:
            raise LocalCloudFailure(f"No stack has the output {', '.join(missing)}; infra/stacks declares them")
        return {name: found[name] for name in names}

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
