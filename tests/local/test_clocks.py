"""What sweeps of connections need of MiniStack: clocks that strike at once, and queues that hold messages back."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from infra.local.cloud import Cloud
from infra.local.ministack import MiniStack
from infra.local.workspace import ROOT, Workspace
from tests.local.test_leashed import client, logged

TELL = """
import sys
def handler(event, context):
    print("struck", event["time"], file=sys.stderr)
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(ROOT, tmp_path_factory.mktemp("state"), 4000)


@pytest.fixture(scope="module")
def ministack(workspace: Workspace) -> Iterator[MiniStack]:
    started = MiniStack(workspace)
    asyncio.run(started.start())
    try:
        yield started
    finally:
        started.stop()


def add_clock(ministack: MiniStack, name: str, expression: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("clock.py", TELL)
    made = client(ministack, "lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=f"arn:aws:iam::{'0' * 12}:role/any",
        Handler="clock.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    events = client(ministack, "events")
    events.put_rule(Name=name, ScheduleExpression=expression)
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": made["FunctionArn"]}])


def test_clocks_of_every_minute_strike_at_once_for_this_minute_and_those_until_they_run(
    ministack: MiniStack, workspace: Workspace
) -> None:
    add_clock(ministack, "polaris-local-every-minute", "cron(* * * * ? *)")
    add_clock(ministack, "polaris-local-every-day", "cron(0 7 * * ? *)")
    Cloud(ministack.endpoint).strike_clocks(datetime(2026, 11, 21, 7, 0, 30, tzinfo=UTC))
    assert logged(workspace, "struck 2026-11-21T07:01:30Z")
    lines = workspace.functions_log.read_text().splitlines()
    struck = [line for line in lines if line.startswith("struck 2026-11-21")]  # not of today's minutes
    assert struck == [f"struck 2026-11-21T{minute}:30Z" for minute in ("06:59", "07:00", "07:01")]


def test_a_message_that_is_to_wait_is_not_handled_before(ministack: MiniStack) -> None:
    queues = client(ministack, "sqs")
    url = queues.create_queue(QueueName="waiting")["QueueUrl"]
    began_s = time.monotonic()
    queues.send_message_batch(QueueUrl=url, Entries=[{"Id": "0", "MessageBody": "later", "DelaySeconds": 2}])
    while not queues.receive_message(QueueUrl=url).get("Messages"):
        assert time.monotonic() - began_s < 20
    assert time.monotonic() - began_s > 1.9
