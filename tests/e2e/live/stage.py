"""`python -m tests.e2e.live.stage url`: where the WebSocket API itself is served, which CloudFront stands before.

`claims {session}` instead prints how often actors have worked for a client's connection. It acts on the local cloud
of the environment's `POLARIS_STATE_DIR`.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

from infra.local.cloud import Cloud
from infra.local.ministack import environment, running_endpoint
from infra.local.workspace import workspace_from


def main(verb: str, session: str = "") -> None:
    workspace = workspace_from(os.environ)
    os.environ.update(environment(workspace))
    cloud = running_endpoint(workspace)
    if verb == "url":
        print(f"{cloud.replace('http', 'ws', 1)}/_aws/execute-api/{Cloud(cloud).deployed().sync}")
    else:
        print(_claims(cloud, session))


def _claims(cloud: str, session: str) -> int:
    table: Any = boto3.resource("dynamodb", endpoint_url=cloud).Table("polaris-local-connections")
    rows = table.scan(FilterExpression=Attr("session").eq(session), ConsistentRead=True)["Items"]
    return sum(int(row["gen"]) for row in rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
