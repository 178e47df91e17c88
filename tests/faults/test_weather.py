from __future__ import annotations

from dataclasses import fields

import pytest

from tests.faults.calls import Call, call_of
from tests.faults.dice import Dice, may_happen
from tests.faults.presets import PRESETS
from tests.faults.weather import CALM, Fault, Faults, Weather, combined

GET = Call("database", "GetItem", writes=False)
TRANSACTION = Call("database", "TransactWriteItems", writes=True, contends=True)
POST = Call("sockets", "PostToConnection", writes=True)


def struck(seed: int, calls: list[Call], faults: Faults) -> list[Fault | None]:
    dice = Dice(seed)
    strikes = [dice.strike(call, faults) for call in calls]
    return [strike.fault if strike else None for strike in strikes]


def test_a_seed_decides_the_same_again() -> None:
    faults = Faults(throttled=0.2, lost=0.2, unheard=0.2)
    assert struck(7, [GET] * 50, faults) == struck(7, [GET] * 50, faults)
    assert struck(7, [GET] * 50, faults) != struck(8, [GET] * 50, faults)


def test_what_happens_to_an_operation_does_not_depend_on_the_calls_in_between() -> None:
    faults = Faults(throttled=0.3)
    mixed = struck(7, [GET, TRANSACTION, TRANSACTION] * 50, faults)
    assert mixed[::3] == struck(7, [GET] * 50, faults)


def test_faults_happen_as_often_as_they_should() -> None:
    faults = struck(1, [TRANSACTION] * 4000, Faults(throttled=0.1, conflict=0.3, doubled=0.05))
    shares = {fault: faults.count(fault) / 4000 for fault in (Fault.THROTTLED, Fault.CONFLICT, Fault.DOUBLED)}
    assert shares == pytest.approx({Fault.THROTTLED: 0.1, Fault.CONFLICT: 0.3, Fault.DOUBLED: 0.05}, abs=0.02)


def test_calls_meet_only_faults_that_can_happen_to_them() -> None:
    assert not may_happen(Fault.LATE, GET)
    assert not may_happen(Fault.CONFLICT, GET)
    assert not may_happen(Fault.DOUBLED, POST)
    assert not may_happen(Fault.GONE, TRANSACTION)
    assert may_happen(Fault.GONE, POST)


def test_everything_has_each_fault_that_any_weather_has() -> None:
    everything = PRESETS["everything"]
    for name, weather in PRESETS.items():
        assert combined(weather, everything) == everything, name


def test_each_fault_is_in_the_weather_of_a_name() -> None:
    doors = [getattr(weather, field.name) for weather in PRESETS.values() for field in fields(Weather)]
    injected = {fault for door in doors if isinstance(door, Faults) for fault in door.injected}
    assert injected == set(Fault)
    assert PRESETS["calm"] == CALM


@pytest.mark.parametrize(
    ("method", "target", "headers", "call"),
    [
        ("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.GetItem"}, GET),
        ("POST", "/", {"X-Amz-Target": "AmazonSQS.SendMessageBatch"}, Call("queues", "SendMessageBatch", True)),
        (
            "POST",
            "/",
            {"X-Amz-Target": "AWSStepFunctions.StopExecution"},
            Call("executions", "StopExecution", True),
        ),
        ("POST", "/_aws/execute-api/a/s/%40connections/c", {}, POST),
        ("POST", "/_aws/execute-api/a/s/@connections/c", {}, POST),
        ("PUT", "/b/k", {"Authorization": "… /us-east-1/s3/aws4_request, …"}, Call("objects", "PutObject", True)),
        ("GET", "/b/k?X-Amz-Credential=a%2Fus-east-1%2Fs3%2Faws4_request", {}, Call("objects", "GetObject", False)),
        ("POST", "/b?delete", {"Authorization": "… /s3/aws4_request"}, Call("objects", "DeleteObjects", True)),
        ("PUT", "/b", {"Authorization": "… /s3/aws4_request"}, None),
        ("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.CreateTable"}, None),
        ("POST", "/", {"X-Amz-Target": "secretsmanager.GetSecretValue"}, None),
        ("GET", "/2015-03-31/functions/", {"Authorization": "… /lambda/aws4_request"}, None),
    ],
)
def test_a_request_is_recognised(method: str, target: str, headers: dict[str, str], call: Call | None) -> None:
    assert call_of(method, target, headers) == call
