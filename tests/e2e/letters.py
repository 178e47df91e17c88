"""`python -m tests.e2e.letters …`: puts messages aside in the local cloud as those that could not be handled.

frame {session} {text}   what a client of this session is taken to have sent
change {table}           the first change that is still in the stream of a table
gone {table}             a change that is in no stream any more

It acts on the local cloud of the environment's `POLARIS_STATE_DIR`.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import boto3

from infra.local.ministack import environment, running_endpoint
from infra.local.workspace import workspace_from
from shared.push.mailbox import Event
from tests.e2e.live.connections import connections_of

FOLLOWERS = {"jobs": "workflows-jobs-onChange"}


def main(kind: str, about: str, text: str = "") -> None:
    workspace = workspace_from(os.environ)
    os.environ.update(environment(workspace))
    cloud = running_endpoint(workspace)
    sqs: Any = boto3.client("sqs", endpoint_url=cloud)
    if kind == "frame":
        (connection,) = connections_of(cloud, about)
        queue = sqs.get_queue_url(QueueName="polaris-local-mailbox-failed.fifo")["QueueUrl"]
        body = Event.of_frame(connection, "put-aside", text).body()
        sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=connection, MessageDeduplicationId=about)
    else:
        queue = sqs.get_queue_url(QueueName=f"polaris-local-{about}-failed")["QueueUrl"]
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(_letter(cloud, about, is_gone=kind == "gone")))


def _letter(cloud: str, table: str, *, is_gone: bool) -> Any:
    streams: Any = boto3.client("dynamodbstreams", endpoint_url=cloud)
    lambda_: Any = boto3.client("lambda", endpoint_url=cloud)
    arn = streams.list_streams(TableName=f"polaris-local-{table}")["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    records = streams.get_records(ShardIterator=streams.get_shard_iterator(**place)["ShardIterator"])["Records"]
    number = records[0]["dynamodb"]["SequenceNumber"]
    function = lambda_.get_function(FunctionName=f"polaris-local-{FOLLOWERS[table]}")
    batch = {"streamArn": f"{arn}0" if is_gone else arn, "shardId": shard, "batchSize": 1}
    return {
        "requestContext": {"functionArn": function["Configuration"]["FunctionArn"]},
        "DDBStreamBatchInfo": {**batch, "startSequenceNumber": number, "endSequenceNumber": number},
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
