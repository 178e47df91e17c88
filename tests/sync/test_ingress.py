"""What the WebSocket API tells of its sockets."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from shared.push.batches import Undelivered
from shared.push.mailbox import Event, QueueMailbox
from shared.sync import ingress
from shared.sync.connections import Connections
from tests.support.memory_mailbox import MemoryMailbox
from tests.support.memory_sockets import MemorySockets
from tests.sync.live import Live


class FullMailbox(MemoryMailbox):
    """Queues that take nothing."""

    def send(self, events: Iterable[Event]) -> None:
        raise Undelivered("throttled")


class StuckSockets(MemorySockets):
    """Sockets that nobody can close."""

    def close(self, connection: str) -> None:
        raise ConnectTimeoutError(endpoint_url="https://gateway")


class FakeQueues:
    """SQS: records what is sent, and refuses what it is told to."""

    def __init__(self, failed: list[dict[str, str]] | None = None) -> None:
        self.sent: list[tuple[str, list[dict[str, str]]]] = []
        self._failed = failed or []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.sent.append((request["QueueUrl"], request["Entries"]))
        return {"Failed": self._failed}


def frame(text: str, connection: str = "c1", id: str = "m1=") -> dict[str, Any]:
    return {"requestContext": {"connectionId": connection, "messageId": id}, "body": text}


def test_a_frame_reaches_the_mailbox_as_it_was_sent() -> None:
    mailbox = MemoryMailbox()
    text = '{"type":"Event","event":"\ufffe\uffff😀"}'
    assert ingress.take_frame(frame(text), mailbox, MemorySockets()) == {"statusCode": 200}
    (record,) = mailbox.waiting
    assert record["body"].isascii()
    assert Event.read("c1", record["body"]).frame == text


def test_a_frame_that_cannot_be_carried_closes_the_socket_and_tells_the_client_nothing() -> None:
    sockets = MemorySockets()
    assert ingress.take_frame(frame("{}"), FullMailbox(), sockets) == {"statusCode": 200}
    assert sockets.closed == {"c1"}
    assert not sockets.posted


def test_a_client_is_answered_no_error_although_its_socket_cannot_be_closed_either() -> None:
    assert ingress.take_frame(frame("{}"), FullMailbox(), StuckSockets()) == {"statusCode": 200}


@pytest.mark.parametrize(
    ("headers", "parameters", "family"),
    [
        ({"Convex-Client": "python-0.8.1"}, None, "other"),
        ({"Convex-Client": "npm-1.48.0"}, None, "js"),
        ({}, {"v": "1.48.0"}, "js"),
        ({"convex-client": "rust-0.9"}, {"v": "0.9"}, "other"),
        ({}, None, "other"),
    ],
)
def test_a_clients_family_is_told_by_its_header_or_by_the_version_in_its_path(
    headers: dict[str, str], parameters: dict[str, str] | None, family: str
) -> None:
    live = Live()
    event = {
        "requestContext": {"connectionId": "c1"},
        "headers": headers,
        "queryStringParameters": parameters,
    }
    assert ingress.open_connection(event, Connections(live.store), live.environment) == {"statusCode": 200}
    (row,) = live.backend.rows("connections")
    assert row["family"] == family


def test_a_connections_events_go_to_one_queue_in_its_own_group() -> None:
    queues = FakeQueues()
    urls = tuple(f"https://queue/{number}.fifo" for number in range(8))
    events = [Event(f"c{number % 40}", "changed", f"{number:032x}", {}) for number in range(400)]
    QueueMailbox(lambda: queues, urls).send(events)
    assert all(len(entries) <= 10 for _, entries in queues.sent)
    assert {url for url, _ in queues.sent} == set(urls)
    places: dict[str, set[str]] = {}
    for url, entries in queues.sent:
        for entry in entries:
            places.setdefault(entry["MessageGroupId"], set()).add(url)
    assert len(places) == 40
    assert all(len(found) == 1 for found in places.values())


def test_calls_of_queues_are_made_side_by_side() -> None:
    together = Barrier(4, timeout=30)

    class Meeting(FakeQueues):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            together.wait()
            return super().send_message_batch(**request)

    queues = Meeting()
    events = [Event(f"c{number}", "changed", f"{number:032x}", {}) for number in range(40)]
    QueueMailbox(lambda: queues, ("https://queue/0.fifo",)).send(events)
    assert sorted(len(entries) for _, entries in queues.sent) == [10, 10, 10, 10]


def test_a_call_carries_no_more_than_the_queue_takes() -> None:
    queues = FakeQueues()
    events = [Event(f"c{number}", "changed", "f" * 32, {"topics": ["t" * 100_000]}) for number in range(5)]
    QueueMailbox(lambda: queues, ("https://queue/0.fifo",)).send(events)
    assert sorted(len(entries) for _, entries in queues.sent) == [1, 2, 2]
    assert all(sum(len(entry["MessageBody"]) for entry in entries) < 2**18 for _, entries in queues.sent)


def test_a_refusal_in_any_of_the_calls_is_told() -> None:
    class Refusing(FakeQueues):
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            last = any(entry["MessageGroupId"] == "c39" for entry in request["Entries"])
            return {"Failed": [{"Code": "InternalError"}] if last else []}

    events = [Event(f"c{number}", "changed", "f" * 32, {}) for number in range(40)]
    with pytest.raises(Undelivered, match="1 of 10 messages: InternalError"):
        QueueMailbox(Refusing, ("https://queue/0.fifo",)).send(events)


def test_the_same_change_for_two_connections_is_two_messages_and_for_one_is_one() -> None:
    queues = FakeQueues()
    change = "f" * 32
    events = [Event("c1", "changed", change), Event("c2", "changed", change), Event("c1", "changed", change)]
    QueueMailbox(lambda: queues, ("https://queue/0.fifo",)).send(events)
    ids = [entry["MessageDeduplicationId"] for _, entries in queues.sent for entry in entries]
    assert ids[0] == ids[2] != ids[1]
    assert all(len(id) <= 128 for id in ids)


def test_an_event_that_a_queue_refuses_is_not_lost_in_silence() -> None:
    mailbox = QueueMailbox(lambda: FakeQueues([{"Code": "InternalError"}]), ("https://queue/0.fifo",))
    with pytest.raises(Undelivered):
        mailbox.send([Event("c1", "tick", "1")])
