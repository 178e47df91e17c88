"""What streams and queues deliver once more: late, in another order, beside what is being handled, with garbage."""

from __future__ import annotations

import json
import random
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import boto3
from botocore.config import Config

from infra.local.cloud import ACCOUNT, NOBODY, REGION

Record = dict[str, Any]
Kind = Literal["stream", "queue"]

_AT_ONCE: Final = 4


class Source(NamedTuple):
    """A stream or queue whose records a function handles.

    Attributes:
        kind: which of both.
        arn: of the stream or queue.
        function: the function's name.
    """

    kind: Kind
    arn: str
    function: str


class Sent(NamedTuple):
    """A message that a queue has accepted.

    Attributes:
        queue: the queue's name.
        entry: what was sent, as of `SendMessageBatch`.
        answer: what the queue said.
        sent_s: when, in seconds since the epoch.
    """

    queue: str
    entry: Record
    answer: Record
    sent_s: float

    def record(self) -> Record:
        """Return the message as a function is given it, for the second time."""
        attributes = {
            "ApproximateReceiveCount": "2",
            "SentTimestamp": str(int(self.sent_s * 1000)),
            "SenderId": ACCOUNT,
            "ApproximateFirstReceiveTimestamp": str(int(self.sent_s * 1000)),
        }
        names = {"MessageGroupId": self.entry, "MessageDeduplicationId": self.entry, "SequenceNumber": self.answer}
        return {
            "messageId": self.answer["MessageId"],
            "receiptHandle": "injected",
            "body": self.entry["MessageBody"],
            "attributes": attributes | {name: place[name] for name, place in names.items() if name in place},
            "messageAttributes": {},
            "md5OfBody": self.answer.get("MD5OfMessageBody", ""),
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.queue}",
            "awsRegion": REGION,
        }


class Deliverer:
    """Invokes functions of a MiniStack as its streams and queues do, beside them."""

    def __init__(self, endpoint: str) -> None:
        session = boto3.Session(NOBODY, NOBODY, region_name=REGION)
        once: Any = {"total_max_attempts": 1}
        config = Config(proxies={}, retries=once, read_timeout=100, max_pool_connections=2 * _AT_ONCE)
        self._lambda = session.client("lambda", endpoint_url=endpoint, config=config)
        self._streams = session.client("dynamodbstreams", endpoint_url=endpoint, config=config)
        self._iterators: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="deliverer")

    def sources(self) -> list[Source]:
        """Return what functions are fed from."""
        found = self._lambda.get_paginator("list_event_source_mappings").paginate()
        mappings = [mapping for page in found for mapping in page["EventSourceMappings"]]
        return sorted(
            Source(
                "queue" if ":sqs:" in mapping["EventSourceArn"] else "stream",
                mapping["EventSourceArn"],
                mapping["FunctionArn"].partition(":function:")[2].partition(":")[0],
            )
            for mapping in mappings
        )

    def news(self, source: Source) -> list[Record]:
        """Return the records that a stream has got since it was last asked, as a function is given them."""
        iterator = self._iterators.get(source.arn) or self._first_iterator(source.arn)
        page = self._streams.get_records(ShardIterator=iterator)
        self._iterators[source.arn] = page.get("NextShardIterator") or self._first_iterator(source.arn)
        return [{**json.loads(json.dumps(r, default=_plain)), "eventSourceARN": source.arn} for r in page["Records"]]

    def deliver(self, function: str, records: Sequence[Record], delay_s: float = 0.0) -> Future[str]:
        """Invoke a function with records, and return what it raises, or nothing."""

        def invoke() -> str:
            time.sleep(delay_s)
            answer = self._lambda.invoke(FunctionName=function, Payload=json.dumps({"Records": records}))
            told = answer["Payload"].read().decode()
            return told if "FunctionError" in answer else ""

        return self._pool.submit(invoke)

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    def _first_iterator(self, arn: str) -> str:
        shards = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        request: Any = {"StreamArn": arn, "ShardId": shards[-1]["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        return str(self._streams.get_shard_iterator(**request)["ShardIterator"])


def disordered(records: Sequence[Record], older: Sequence[Record], dice: random.Random) -> list[Record]:
    """Return records in another order, older ones among them."""
    mixed = [*records, *dice.sample(older, min(len(older), len(records)))]
    return dice.sample(mixed, len(mixed))


def poison(kind: Kind, like: Record) -> Iterator[Record]:
    """Yield records that nobody can make sense of, made of one that makes sense."""
    if kind == "queue":
        for body in ("", "{", "[]", "{}", '{"kind": "frame", "id": 7, "content": {}}'):
            yield {**like, "messageId": "poison", "body": body}
        return
    change = like["dynamodb"]
    for image in ({}, {"key": {"S": "poison"}}, {name: {"S": "poison"} for name in change.get("NewImage", {})}):
        yield {**like, "eventID": "poison", "dynamodb": {**change, "NewImage": image}}
    yield {**like, "eventID": "poison", "dynamodb": {k: v for k, v in change.items() if k != "NewImage"}}


def _plain(value: object) -> float | str:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"A stream's record holds {value!r}")
