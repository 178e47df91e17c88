"""What streams deliver twice, late, disordered, or as garbage, does no harm to those who follow them."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from shared.db.ranges import range_of
from shared.push.subscriptions import Subscriptions, topic_key
from shared.schema.tables import Project
from tests.faults.deliveries import Deliverer, Record, Sent, Source, disordered, poison
from tests.faults.small_cloud import PREFIX, SmallCloud
from tests.functions.callers import Client, identity
from tests.runtime.backend import make_environment

PATIENCE_S = 30


class Feed:
    """The stream of commits, what follows it, and a connection that is told of one user's projects."""

    def __init__(self, cloud: SmallCloud) -> None:
        self._cloud = cloud
        self.ada = Client(make_environment(cloud.store), identity("carl"))
        topic = topic_key(range_of(Project.by_owner, {"owner_id": "carl"}).name)
        Subscriptions(cloud.store).put("connection", [topic], 2**33, gen=1)
        table = cloud.client("dynamodb").update_table(
            TableName=f"{PREFIX}commits",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )["TableDescription"]
        self._mapping = {
            "EventSourceArn": table["LatestStreamArn"],
            "FunctionName": cloud.deploy("on_change"),
            "StartingPosition": "LATEST",
        }

    def follow(self) -> None:
        """Have the stream invoke the Lambda from now on."""
        self._cloud.client("lambda").create_event_source_mapping(**self._mapping)

    def told(self) -> list[str]:
        """Return the commits that the connection has been told of since it was last asked."""
        client, commits = self._cloud.client("sqs"), []
        while found := client.receive_message(QueueUrl=self._cloud.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                commits.append(json.loads(message["Body"])["content"]["commit"])
                client.delete_message(QueueUrl=self._cloud.queue, ReceiptHandle=message["ReceiptHandle"])
        return commits

    def until_told(self, number: int) -> list[str]:
        """Wait until it has been told of so many."""
        deadline, commits = time.monotonic() + PATIENCE_S, self.told()
        while len(commits) < number:
            assert time.monotonic() < deadline, f"told of {commits}"
            time.sleep(0.05)
            commits += self.told()
        return commits

    def put(self, item: dict[str, Any]) -> None:
        """Put a row into the table of commits, past the data layer."""
        self._cloud.client("dynamodb").put_item(TableName=f"{PREFIX}commits", Item=item)


@pytest.fixture(scope="module")
def feed(cloud: SmallCloud) -> Feed:
    feed = Feed(cloud)
    feed.follow()
    return feed


@pytest.fixture
def deliverer(cloud: SmallCloud) -> Iterator[Deliverer]:
    made = Deliverer(cloud.endpoint)
    yield made
    made.close()


def source(deliverer: Deliverer) -> Source:
    (found,) = deliverer.sources()
    return found


def test_garbage_in_a_stream_does_not_stop_it(feed: Feed) -> None:
    feed.put({"key": {"S": "garbage"}})
    feed.put({"key": {"S": "more garbage"}, "commit": {"N": "7"}, "documents": {"BOOL": True}})
    feed.ada.call("projects:create", name="Apollo")
    assert len(feed.until_told(1)) == 1


def test_records_that_come_again_disordered_and_with_garbage_are_told_once(feed: Feed, deliverer: Deliverer) -> None:
    commits = source(deliverer)
    deliverer.news(commits)
    for number in range(3):
        feed.ada.call("projects:create", name=f"Project {number}")
    records = deliverer.news(commits)
    assert len(records) == 3
    told = feed.until_told(3)
    garbage = [*poison("stream", records[0])]
    disorder = disordered([*records, *garbage], records, random.Random(7))
    assert deliverer.deliver(commits.function, disorder).result() == ""
    assert len(set(told)) == 3
    assert feed.told() == []


def test_a_message_comes_again_as_it_was() -> None:
    entry = {"Id": "0", "MessageBody": "{}", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    sent = Sent("mailbox.fifo", entry, {"Id": "0", "MessageId": "m", "SequenceNumber": "18"}, 1.5)
    record: Record = sent.record()
    assert (record["body"], record["messageId"], record["eventSource"]) == ("{}", "m", "aws:sqs")
    assert record["attributes"]["SequenceNumber"] == "18"
    assert record["attributes"]["MessageGroupId"] == "g"
    assert record["attributes"]["SentTimestamp"] == "1500"
