"""`python -m tests.e2e.live.connections {close|count} {session}`: the connections of a client's session.

`close` ends them as the cloud does after two hours; `count` prints how many there are. It acts on the local cloud of
the environment's `POLARIS_STATE_DIR`.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

from infra.local.ministack import environment, running_endpoint
from infra.local.workspace import workspace_from


def main(verb: str, session: str) -> None:
    workspace = workspace_from(os.environ)
    os.environ.update(environment(workspace))
    cloud = running_endpoint(workspace)
    found = connections_of(cloud, session)
    if verb == "count":
        print(len(found))
        return
    lambda_: Any = boto3.client("lambda", endpoint_url=cloud)
    settings = lambda_.get_function_configuration(FunctionName="polaris-local-realtime-session")["Environment"]
    endpoint = settings["Variables"]["POLARIS_WEBSOCKET_ENDPOINT"]
    gateway: Any = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
    for connection in found:
        gateway.delete_connection(ConnectionId=connection)


def connections_of(cloud: str, session: str) -> list[str]:
    table = boto3.resource("dynamodb", endpoint_url=cloud).Table("polaris-local-connections")
    wanted: dict[str, Any] = {
        "FilterExpression": Attr("row").eq("main") & Attr("session").eq(session) & Attr("state").ne("dead"),
        "ConsistentRead": True,
    }
    found: list[str] = []
    while True:
        page = table.scan(**wanted)
        found += [str(row["connectionId"]) for row in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]


if __name__ == "__main__":
    main(*sys.argv[1:])
