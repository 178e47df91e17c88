"""`python -m tests.e2e.live.disconnect {session}`: closes a client's connection as the cloud does after two hours.

It acts on the local cloud of the environment's `POLARIS_STATE_DIR`.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import boto3

from infra.local.ministack import environment, running_endpoint
from infra.local.workspace import workspace_from


def main(session: str) -> None:
    workspace = workspace_from(os.environ)
    os.environ.update(environment(workspace))
    cloud = running_endpoint(workspace)
    lambda_: Any = boto3.client("lambda", endpoint_url=cloud)
    settings = lambda_.get_function_configuration(FunctionName="polaris-local-realtime-session")["Environment"]
    endpoint = settings["Variables"]["POLARIS_WEBSOCKET_ENDPOINT"]
    gateway: Any = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
    table = boto3.resource("dynamodb", endpoint_url=cloud).Table("polaris-local-connections")
    rows = table.scan(ConsistentRead=True)["Items"]
    for row in rows:
        if row["row"] == "main" and row["session"] == session:
            gateway.delete_connection(ConnectionId=row["connectionId"])


if __name__ == "__main__":
    main(sys.argv[1])
