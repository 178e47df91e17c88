"""Jobs on the local cloud's Step Functions, watched with the released npm client."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import boto3
import pytest

from infra.local.cloud import NOBODY, REGION
from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import check_suite, start_suite, suites

PATIENCE_S = 120


@pytest.mark.parametrize("suite", suites("jobs"))
def test_jobs_show_live_in_the_released_client(dev_server: DevServer, suite: str) -> None:
    check_suite(start_suite(dev_server, suite))


def aws(server: DevServer, service: str) -> Any:
    endpoint = f"http://127.0.0.1:{(server.state / 'ministack.port').read_text()}"
    session = boto3.Session(aws_access_key_id=NOBODY, aws_secret_access_key=NOBODY, region_name=REGION)
    return session.client(service, endpoint_url=endpoint)  # type: ignore[call-overload]


def post(server: DevServer, subject: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {server.token(subject)}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}{path}", json.dumps(body).encode(), headers)  # noqa: S310 - as below
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the test's own server
        found: dict[str, Any] = json.loads(answer.read())
    return found


def until(holds: Any, what: str) -> Any:
    deadline_s = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < deadline_s, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.1)
    return found


def value(server: DevServer, subject: str, path: str, **arguments: Any) -> Any:
    kind = "query" if path.split(":")[1].startswith("get") else "mutation"
    answer = post(server, subject, f"/api/{kind}", {"path": path, "args": arguments})
    assert answer["status"] == "success", answer
    return answer["value"]


def test_a_job_whose_execution_is_aborted_by_hand_fails(dev_server: DevServer) -> None:
    subject = "aborted"
    project = value(dev_server, subject, "projects:create", name="Aborted")
    conversation = value(dev_server, subject, "conversations:create", projectId=project)
    begun = post(dev_server, subject, "/api/messages", {"conversationId": conversation, "message": "Speak slowly"})
    states = aws(dev_server, "stepfunctions")
    machines = states.list_state_machines()["stateMachines"]
    machine = next(m["stateMachineArn"] for m in machines if m["name"].endswith("process-message"))
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{begun['runId']}"
    until(lambda: message(dev_server, subject, conversation)["content"], "a word is written")
    states.stop_execution(executionArn=execution)
    failed = until(lambda: is_over(message(dev_server, subject, conversation)), "the message fails")
    assert failed["status"] == "failed"


def message(server: DevServer, subject: str, conversation: str) -> dict[str, Any]:
    found: dict[str, Any] = value(server, subject, "conversations:getMessages", conversationId=conversation)[-1]
    return found


def is_over(found: dict[str, Any]) -> dict[str, Any] | None:
    return None if found["status"] == "processing" else found


def test_no_execution_goes_on_for_ever(dev_server: DevServer) -> None:
    """Stands last; with `-s` it prints how long each execution took."""
    states = aws(dev_server, "stepfunctions")
    machines = states.list_state_machines()["stateMachines"]

    def found(**chosen: str) -> list[dict[str, Any]]:
        arns = [machine["stateMachineArn"] for machine in machines]
        return [run for arn in arns for run in states.list_executions(stateMachineArn=arn, **chosen)["executions"]]

    until(lambda: not found(statusFilter="RUNNING"), "all executions end")
    for run in found():
        name = run["stateMachineArn"].rpartition(":")[2]
        print(f"{name} {run['status']} {(run['stopDate'] - run['startDate']).total_seconds():.1f} s")
