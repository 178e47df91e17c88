"""The least that could push a change: a Lambda in the same cloud that posts a message to each of some sockets."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import boto3

SOURCE = """
import os
import boto3
client = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["POLARIS_WEBSOCKET_ENDPOINT"])
def handler(event, context):
    for connection in event["connections"]:
        client.post_to_connection(ConnectionId=connection, Data=event["text"].encode())
"""
_NAME = "polaris-bench-posting"
_LIKE = "polaris-local-realtime-session"


class Posting:
    """The deployed Lambda.

    Args:
        endpoint: of the local cloud.
    """

    def __init__(self, endpoint: str) -> None:
        self._lambda: Any = boto3.client("lambda", endpoint_url=endpoint)
        self._table: Any = boto3.resource("dynamodb", endpoint_url=endpoint).Table("polaris-local-connections")
        like = self._lambda.get_function_configuration(FunctionName=_LIKE)
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("posting.py", SOURCE)
        self._lambda.create_function(
            FunctionName=_NAME,
            Handler="posting.handler",
            Role=like["Role"],
            Runtime=like["Runtime"],
            Layers=[layer["Arn"] for layer in like.get("Layers", [])],
            Environment=like["Environment"],
            Code={"ZipFile": code.getvalue()},
            Timeout=like["Timeout"],
            MemorySize=like["MemorySize"],
        )

    def connections(self) -> list[str]:
        """Return the ids of all that are open."""
        rows: list[dict[str, Any]] = []
        page: dict[str, Any] = {}
        while not rows or page.get("LastEvaluatedKey"):
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if rows else {}
            page = self._table.scan(ConsistentRead=True, **start)
            rows += page["Items"]
        return [row["connectionId"] for row in rows if row["row"] == "main"]

    def post(self, connections: list[str], change: str) -> None:
        """Post a message, as large as that of a small change, to each socket."""
        text = json.dumps({"type": "Posted", "change": change, "room": " " * 500})
        payload = json.dumps({"connections": connections, "text": text})
        answer = self._lambda.invoke(FunctionName=_NAME, Payload=payload)
        assert "FunctionError" not in answer, answer["Payload"].read()
