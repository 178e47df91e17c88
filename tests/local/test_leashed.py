"""What is changed in MiniStack, against MiniStack itself."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import ANY

import boto3
import pytest
from aiohttp import ClientSession
from botocore.exceptions import ClientError

from infra.local.cloud import NOBODY, REGION
from infra.local.ministack import MiniStack
from infra.local.websocket_api import MESSAGE_BYTES
from infra.local.workspace import ROOT, Workspace

ECHO = """
import sys
def handler(event, context):
    context_ = event["requestContext"]
    if event["body"] == "fail":
        raise ValueError("as told")
    if event["body"] == "speak":
        print("spoken", file=sys.stderr)
    return {"statusCode": 200, "body": context_["connectionId"]}
"""


SLOW = """
import os
import sys
import time
def handler(event, context):
    print(event.get("says", ""), file=sys.stderr)
    time.sleep(event.get("for_s", 0))
    deadline = time.monotonic() + 25
    while "until" in event and not os.path.exists(event["until"]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return os.getpid()
"""
MOST_PROCESSES = max(4, 2 * (os.cpu_count() or 1))


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


@pytest.fixture(scope="module")
def api(ministack: MiniStack) -> str:
    """The URL of a WebSocket API that answers each message with the connection's id."""
    arn = deployed(ministack, "echo", ECHO)
    gateway = client(ministack, "apigatewayv2")
    id = gateway.create_api(Name="echo", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")[
        "ApiId"
    ]
    integration = gateway.create_integration(ApiId=id, IntegrationType="AWS_PROXY", IntegrationUri=arn)[
        "IntegrationId"
    ]
    gateway.create_route(ApiId=id, RouteKey="$default", Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=id, StageName="here")
    return f"{ministack.apis}/{id}/here"


def deployed(ministack: MiniStack, name: str, source: str) -> str:
    """Make a function of a source with a `handler`, and return its ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(f"{name}.py", source)
    made = client(ministack, "lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=f"arn:aws:iam::{'0' * 12}:role/any",
        Handler=f"{name}.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
    )
    return str(made["FunctionArn"])


def client(ministack: MiniStack, service: str, endpoint: str = "") -> Any:
    session = boto3.Session(aws_access_key_id=NOBODY, aws_secret_access_key=NOBODY, region_name=REGION)
    return session.client(service, endpoint_url=endpoint or ministack.endpoint)  # type: ignore[call-overload]


async def said(api: str, *messages: str) -> list[float]:
    """Send messages over one socket; return how long each answer took, in s."""
    taken = []
    async with ClientSession() as session, session.ws_connect(api) as socket:
        for message in messages:
            began_s = time.monotonic()
            await socket.send_str(message)
            await socket.receive_str()
            taken.append(time.monotonic() - began_s)
    return taken


async def answer_to(api: str, message: str) -> Any:
    async with ClientSession() as session, session.ws_connect(api) as socket:
        await socket.send_str(message)
        return await socket.receive_json()


def logged(workspace: Workspace, text: str) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if text in workspace.functions_log.read_text():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(("size_bytes", "passes"), [(MESSAGE_BYTES, True), (MESSAGE_BYTES + 1, False)])
def test_what_is_posted_to_a_socket_is_limited(
    ministack: MiniStack, api: str, size_bytes: int, *, passes: bool
) -> None:
    async def posted() -> str:
        async with ClientSession() as session, session.ws_connect(api, max_msg_size=0) as socket:
            await socket.send_str("who am I?")
            id = await socket.receive_str()
            manage = client(ministack, "apigatewaymanagementapi", api)
            try:
                await asyncio.to_thread(manage.post_to_connection, ConnectionId=id, Data=b"x" * size_bytes)
            except ClientError as error:
                return str(error.response["Error"]["Code"])
            return await socket.receive_str()

    assert asyncio.run(posted()) == ("x" * size_bytes if passes else "PayloadTooLargeException")


def test_what_functions_behind_sockets_say_is_logged(workspace: Workspace, api: str) -> None:
    asyncio.run(said(api, "speak"))
    assert logged(workspace, "spoken")


def test_how_a_function_behind_a_socket_failed_is_logged(workspace: Workspace, api: str) -> None:
    asyncio.run(said(api, "fail"))
    assert logged(workspace, "ValueError: as told")


def test_a_client_whose_message_a_function_fails_at_is_told_as_by_api_gateway(api: str) -> None:
    told = asyncio.run(answer_to(api, "fail"))
    assert told == {"message": "Internal server error", "connectionId": ANY, "requestId": ANY}


def test_what_a_function_raises_has_its_name_in_the_answer(ministack: MiniStack, api: str) -> None:
    event = json.dumps({"requestContext": {"connectionId": "1"}, "body": "fail"})
    answer = client(ministack, "lambda").invoke(FunctionName="echo", Payload=event)
    assert json.loads(answer["Payload"].read())["errorType"] == "ValueError"


def test_a_function_that_says_nothing_does_not_make_its_caller_wait(api: str) -> None:
    assert min(asyncio.run(said(api, *["hush"] * 20))) < 0.04


def test_calls_that_come_at_once_share_as_many_processes_as_the_cores_can_use(ministack: MiniStack) -> None:
    deployed(ministack, "few", SLOW)
    with ThreadPoolExecutor(3 * MOST_PROCESSES) as callers:
        processes = callers.map(lambda _: called(ministack, "few", for_s=0.05), range(3 * MOST_PROCESSES))
        assert len({*processes}) <= MOST_PROCESSES


def test_a_call_does_not_wait_for_ever_for_a_process_whose_calls_wait_themselves(
    workspace: Workspace, ministack: MiniStack
) -> None:
    deployed(ministack, "held", SLOW)
    free = workspace.state / "free"
    with ThreadPoolExecutor(MOST_PROCESSES + 1) as callers:
        holding = [
            callers.submit(called, ministack, "held", until=str(free), says=f"held by {number}")
            for number in range(MOST_PROCESSES)
        ]
        assert all(logged(workspace, f"held by {number}\n") for number in range(MOST_PROCESSES))
        process = called(ministack, "held")
        assert not any(call.done() for call in holding)
        free.touch()
        assert process not in {call.result() for call in holding}


def called(ministack: MiniStack, name: str, **event: Any) -> int:
    """Call a function and return what it does."""
    answer = client(ministack, "lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return int(answer["Payload"].read())
