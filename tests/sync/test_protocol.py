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
    assert parsed(type="Connect", **connect, maxObservedTimestamp=observed) == Connect("s", 2, 102)
    assert parsed(type="Connect", **connect) == Connect("s", 2, 0)
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
        {"type": "Connect", "sessionId": "s", "connectionCount": -1},
        {"type": "Connect", "sessionId": "s", "connectionCount": 0, "maxObservedTimestamp": "?"},
        {"type": "Authenticate", "baseVersion": 0, "tokenType": "Guest"},
        {"type": "Authenticate", "baseVersion": 0, "tokenType": "User"},
        {"type": "Mutation", "requestId": True, "udfPath": "a:b", "args": []},
        {"type": "Mutation", "requestId": 0.5, "udfPath": "a:b", "args": []},
        {"type": "Mutation", "requestId": 1e400, "udfPath": "a:b", "args": []},
        {"type": "Mutation", "requestId": 0, "udfPath": "a:b", "args": [], "componentPath": "c"},
        {"type": "ModifyQuerySet", "baseVersion": 1, "newVersion": 1, "modifications": []},
        {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [{"type": "Swap"}]},
    ],
)
def test_a_message_that_no_client_sends_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        protocol.parse(json.dumps(message))


def test_timestamps_are_eight_bytes_little_endian() -> None:
    assert protocol.timestamp(102) == "ZgAAAAAAAAA="
    assert protocol.timestamp_ns("ZgAAAAAAAAA=") == 102
