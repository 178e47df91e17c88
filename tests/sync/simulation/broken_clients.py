"""Clients of the queue and the gateway of which one rule is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.sync.simulation.gateway import ManagementClient
from tests.sync.simulation.queue import QueueClient, Record

PING = b'{"type":"Ping"}'
MakeQueue = Callable[[QueueClient], Any]


def sending(rule: Callable[[QueueClient, Record], Record | None]) -> MakeQueue:
    """Return a queue's client that changes messages by `rule`, or loses them."""

    class Changing:
        def __init__(self, client: QueueClient) -> None:
            self._client = client

        def send_message_batch(self, *, QueueUrl: str, Entries: list[Record]) -> Record:  # noqa: N803 - botocore's
            changed = [rule(self._client, entry) for entry in Entries]
            entries = [entry for entry in changed if entry is not None]
            return self._client.send_message_batch(QueueUrl=QueueUrl, Entries=entries) if entries else {}

    return Changing


def losing(kind: str) -> MakeQueue:
    """Return a queue's client that loses one kind of event."""
    return sending(lambda _, entry: None if json.loads(entry["MessageBody"])["kind"] == kind else entry)


def _partial(client: QueueClient, entry: Record) -> Record:
    body = json.loads(entry["MessageBody"])
    if body["kind"] == "changed":
        topics = body["content"]["topics"]
        body["content"]["topics"] = client.process.world.random.sample(topics, (len(topics) + 1) // 2)
    return {**entry, "MessageBody": json.dumps(body)}


def _named_apart(client: QueueClient, entry: Record) -> Record:
    name = f"{entry['MessageDeduplicationId']}{client.process.world.random.random()}"
    return {**entry, "MessageDeduplicationId": name}


PARTIAL_NOTICES = sending(_partial)
NO_DEDUPLICATION = sending(_named_apart)


class PassingGateway:
    """Passes everything on."""

    def __init__(self, client: ManagementClient) -> None:
        self.client = client
        self.process = client.process

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        self.client.post_to_connection(ConnectionId=ConnectionId, Data=Data)

    def delete_connection(self, *, ConnectionId: str) -> None:  # noqa: N803 - botocore's names
        self.client.delete_connection(ConnectionId=ConnectionId)


class PostsRepeated(PassingGateway):
    """The SDK repeats what it got no good answer to, as it does by default."""

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        for _ in range(2):
            try:
                return super().post_to_connection(ConnectionId=ConnectionId, Data=Data)
            except (ClientError, BotoCoreError) as error:
                if isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    raise
        return super().post_to_connection(ConnectionId=ConnectionId, Data=Data)


class PostsBelieved(PassingGateway):
    """A post whose answer is lost is taken for delivered."""

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        try:
            super().post_to_connection(ConnectionId=ConnectionId, Data=Data)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise
        except BotoCoreError:
            return


class PostsLate(PassingGateway):
    """What is to be posted is kept until the connection is released (`ReleasedBeforeItPosts`)."""

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        post = partial(super().post_to_connection, ConnectionId=ConnectionId, Data=Data)
        if Data == PING:
            post()
        else:
            self.process.__dict__.setdefault("held_posts", []).append(post)


class AnswersLate(PassingGateway):
    """Answers are posted after the Transition that covers them."""

    def __init__(self, client: ManagementClient) -> None:
        super().__init__(client)
        self._held: list[bytes] = []

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        if Data.startswith(b'{"type":"MutationResponse"'):
            self._held.append(Data)
            return
        super().post_to_connection(ConnectionId=ConnectionId, Data=Data)
        held, self._held = self._held, []
        for data in held:
            super().post_to_connection(ConnectionId=ConnectionId, Data=data)


class EmptyTransitionsLeftOut(PassingGateway):
    """A Transition that changes no result is not posted; the next one begins where it would have."""

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        begun: dict[str, Any] = self.process.world.__dict__.setdefault("begun", {})
        told = json.loads(Data)
        if told["type"] == "Transition":
            start, end = begun.pop(ConnectionId, told["startVersion"]), told["endVersion"]
            if not told["modifications"] and all(start[name] == end[name] for name in ("querySet", "identity")):
                begun[ConnectionId] = start
                return
            Data = json.dumps(told | {"startVersion": start}).encode()  # noqa: N806 - botocore's names
        super().post_to_connection(ConnectionId=ConnectionId, Data=Data)


class NoPings(PassingGateway):
    """Nobody is sent Pings."""

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        if Data != PING:
            super().post_to_connection(ConnectionId=ConnectionId, Data=Data)


class NeverCloses(PassingGateway):
    """Sockets that should be closed stay open."""

    def delete_connection(self, *, ConnectionId: str) -> None:  # noqa: N803 - botocore's names
        return
