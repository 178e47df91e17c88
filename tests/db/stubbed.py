"""The real door on botocore's stubbed client, and some of DynamoDB's requests and answers."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.config import Config
from botocore.stub import Stubber

from shared.db.dynamo import DynamoEngine

Door = tuple[DynamoEngine, Stubber]


def stubbed_door() -> Door:
    """Return the door and the stubber that stands in for DynamoDB."""
    client = botocore.session.Session().create_client(
        "dynamodb",
        region_name="eu-central-1",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    return DynamoEngine(client, lambda name: f"polaris-{name}"), Stubber(client)


def batch(*names: str) -> dict[str, Any]:
    """Return what is asked of a BatchGetItem of claims."""
    return {"polaris-claims": {"Keys": [{"key": {"S": name}} for name in names], "ConsistentRead": True}}


def answer(*names: str) -> dict[str, Any]:
    """Return the answer of a BatchGetItem of claims."""
    return {"Responses": {"polaris-claims": [{"key": {"S": name}} for name in names]}}
