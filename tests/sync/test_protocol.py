"""Reading and writing the messages of the sync protocol."""

from __future__ import annotations

import json

import pytest

from shared.sync import protocol
from shared.sync.protocol import Add, Authenticate, BadMessage, Connect, ModifyQuerySet, Remove, Request, Telemetry


def parsed(**message: object) -> protocol.Message:
    return protocol.parse(json.dumps(message))


def test_messages_are_read_as_the_clients_send_them() -> None:
    observed = protocol.timestamp(102)
    connect = {"sessionId": "s", "connectionCount": 2, "lastCloseReason": None, "clientTs": 0}
    assert parsed(type="Connect", **connect, maxObservedTimestamp=observed) == Connect("s", 2, 102, False)
    assert parsed(type="Connect", **connect) == Connect("s", 2, 0, False)
    assert parsed(type="Authenticate", baseVersion=1, tokenType="None") == Authenticate(1, "None", "")
    assert parsed(type="Mutation", requestId=7, udfPath="a:b", args=[{"x": 1}]) == Request(
        "Mutation", 7, "a:b", '[{"x":1}]'
    )
    assert parsed(type="Event", eventType="ClientConnect", event=[]) == Telemetry()
    added = {"type": "Add", "queryId": 3, "udfPath": "a:b", "args": [{}], "journal": None}
    modifications = [added, {"type": "Remove", "queryId": 1}]
    assert parsed(type="ModifyQuerySet", baseVersion=0, newVersion=1, modifications=modifications) == ModifyQuerySet(
        0, 1, (Add(3, "a:b", "[{}]", None), Remove(1))
    )


@pytest.mark.parametrize(
    "message",
    [
        {"type": "Connect", "sessionId": 5, "connectionCount": 0},
        {"type": "Connect", "sessionId": "s" * 129, "connectionCount": 0},
        {"type": "Connect", "sessionId": "s", "connectionCount": -1},
        {"type": "Connect", "sessionId": "s", "connectionCount": 0, "maxObservedTimestamp": "?"},
        {"type": "Authenticate", "baseVersion": 0, "tokenType": "Guest"},
        {"type": "Authenticate", "baseVersion": 0, "tokenType": "User"},
        {"type": "Mutation", "requestId": True, "udfPath": "a:b", "args": []},
        {"type": "Mutation", "requestId": 0.5, "udfPath": "a:b", "args": []},
        {"type": "Mutation", "requestId": 1e400, "udfPath": "a:b", "args": []},
        {"type": "Mutation", "requestId": 0, "udfPath": "a:b", "args": [], "componentPath": "c"},
        {"type": "ModifyQuerySet", "baseVersion": 1, "newVersion": 1, "modifications": []},
        {"type": "Mutation", "requestId": 0, "udfPath": "a:b", "args": [{"x": "\ud83d"}]},
        {"type": "Mutation", "requestId": 0, "udfPath": "a:\ud83d", "args": [{}]},
        {"type": "Mutation", "requestId": 0, "udfPath": "a:b", "args": [float("nan")]},
        {"type": "Mutation", "requestId": 0, "udfPath": "a:b", "args": [float("-inf")]},
        {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [{"type": "Swap"}]},
        {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": {}},
        {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1},
        {"type": "Authenticate", "tokenType": "None"},
        {"type": 1},
        {},
    ],
)
def test_a_message_that_no_client_sends_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        protocol.parse(json.dumps(message))


def test_a_reason_for_the_last_close_tells_that_there_was_one() -> None:
    sent = {"type": "Connect", "sessionId": "s", "connectionCount": 1}
    assert parsed(**sent, lastCloseReason="closed with code 1006") == Connect("s", 1, 0, True)
    assert parsed(**sent) == Connect("s", 1, 0, True)
    assert parsed(**sent, lastCloseReason=None) == Connect("s", 1, 0, False)


def test_members_that_the_clients_may_leave_out_or_add_change_nothing() -> None:
    connect = {"sessionId": "s", "connectionCount": 1.0, "maxObservedTimestamp": None, "clientTs": None, "more": {}}
    assert parsed(type="Connect", **connect) == Connect("s", 1, 0)
    added = {"type": "Add", "queryId": 0, "udfPath": "a", "args": [{}], "componentPath": None, "more": 1}
    sent = {"baseVersion": 4, "newVersion": 5, "modifications": [added], "more": []}
    assert parsed(type="ModifyQuerySet", **sent) == ModifyQuerySet(4, 5, (Add(0, "a", "[{}]", None),))
    acting = {"value": "key", "impersonating": {"issuer": "https://i", "subject": "u"}}
    assert parsed(type="Authenticate", baseVersion=0, tokenType="Admin", **acting) == Authenticate(0, "Admin", "")
    assert parsed(type="Event", more=1) == Telemetry()
    action = {"requestId": 3, "udfPath": "a:b", "args": [], "componentPath": None}
    assert parsed(type="Action", **action) == Request("Action", 3, "a:b", "[]")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"type":"Event","x":1' + "0" * 5000 + "}", "\x00", "{}{}", "null", "5"]
)
def test_what_is_hardly_json_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(BadMessage):
        protocol.parse(text)


def test_timestamps_are_eight_bytes_little_endian() -> None:
    assert protocol.timestamp(102) == "ZgAAAAAAAAA="
    assert protocol.timestamp_ns("ZgAAAAAAAAA=") == 102
