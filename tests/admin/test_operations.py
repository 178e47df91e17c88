"""What administrators ask of the deployment besides rows, and nobody else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import functions
from shared.operations.metrics import with_zeros
from shared.runtime.door import ADMIN, Door
from shared.runtime.environment import use
from shared.runtime.registry import discover_doors
from tests.admin.aws import NOW_MS, Aws
from tests.admin.console import NAME, Console, admin_token, intruders
from tests.functions.rows import furnish
from tests.runtime.backend import LAMBDA, http_event, told
from tests.support.backend import Backend
from tests.sync.live import Live, add, authenticate, connect, modify

DOORS = {
    route: door
    for door in discover_doors(functions)
    for route in door.routes
    if ADMIN in route and not route.endswith(("/query", "/mutation"))
}
INTRUDERS = sorted(intruders(Backend().environment))


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def aws(backend: Backend) -> Aws:
    services = Aws()
    services.stand_behind(backend.environment)
    return services


def send(backend: Backend, door: Door, route: str, body: Any, **headers: str) -> tuple[int, Any]:
    with use(backend.environment):
        response = door(http_event(body, route, **headers), LAMBDA)
    return response["statusCode"], told(response)


def ask(backend: Backend, name: str, /, **body: Any) -> Any:
    """Let an administrator ask, and return the answer."""
    status, answer = refused(backend, name, **body)
    assert status == 200, answer
    return answer


def refused(backend: Backend, name: str, /, **body: Any) -> tuple[int, Any]:
    route = f"POST /api/admin/{name}"
    headers = {"authorization": f"Bearer {admin_token(backend.environment)}"}
    return send(backend, DOORS[route], route, body, **headers)


def line(at: str, function: str = "projects:get", **more: Any) -> str:
    fields = {"errors": [0], "durationMs": [5.0], "kind": "query", "outcome": "OK", "requestId": "0123", **more}
    fields = {"level": "INFO", "message": "call", "timestamp": f"2026-11-18T{at}.000+00:00", **fields}
    return json.dumps({**fields, "function": function})


def test_there_are_the_operations_of_the_contract() -> None:
    assert {route.rpartition("/")[2] for route in DOORS} == {
        "run",
        "logs",
        "connections",
        "deadLetters",
        "redrive",
        "executions",
        "execution",
        "health",
        "tables",
    }


@pytest.mark.parametrize("who", INTRUDERS)
@pytest.mark.parametrize("route", sorted(DOORS))
def test_to_anybody_else_an_operation_is_not_there(backend: Backend, aws: Aws, route: str, who: str) -> None:
    furnish(backend.environment, "ada", "Apollo", files=1)
    aws.sqs.put("polaris-test-sweeps", "")
    aws.sqs.put("polaris-test-sweeps-failed", "message")
    before = repr(backend.store.door.tables), repr(aws.sqs.messages)  # type: ignore[attr-defined]  # in memory
    body = {"path": "projects:create", "args": {"name": "x"}, "queue": "polaris-test-sweeps-failed"}
    status, answer = send(backend, DOORS[route], route, body, **intruders(backend.environment)[who])
    if who.startswith(("nobody", "a user")):
        assert (status, answer["code"]) == (404, "NotFound")
    else:
        assert status == 401
    assert "value" not in answer
    assert (repr(backend.store.door.tables), repr(aws.sqs.messages)) == before  # type: ignore[attr-defined]


@pytest.mark.parametrize("route", sorted(DOORS))
def test_each_call_is_one_line_of_the_log_that_names_the_administrator(
    backend: Backend, aws: Aws, route: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(backend, route.rpartition("/")[2], path="projects:get", args={"id": "secret"}, kind="x", name="y")
    (written,) = capsys.readouterr().out.splitlines()
    logged = json.loads(written)
    assert (logged["function"], logged["actor"]) == (f"admin:{route.rpartition('/')[2]}", NAME)
    assert logged["target"] == "projects:get"
    assert "secret" not in written


def test_a_function_runs_as_whoever_is_chosen(backend: Backend, aws: Aws) -> None:
    furnish(backend.environment, "ada", "Apollo", files=1)
    answer = ask(backend, "run", path="projects:get", args={}, identity={"subject": "ada", "issuer": "https://id"})
    assert [project["name"] for project in answer["value"]] == ["Apollo"]
    assert answer["durationMs"] > 0
    assert "requestId" in answer


def test_an_internal_function_runs_without_its_key(backend: Backend, aws: Aws) -> None:
    rows = furnish(backend.environment, "ada", "Apollo", files=1)
    answer = ask(backend, "run", path="system:getProjectById", args={"projectId": rows.project})
    assert answer["value"]["name"] == "Apollo"


def test_what_a_function_refuses_is_told(backend: Backend, aws: Aws) -> None:
    answer = ask(backend, "run", path="projects:create", args={"name": "x"}, identity=None)
    assert answer["error"] == {
        "code": "UNAUTHENTICATED",
        "message": "Unauthorized",
        "data": {"code": "UNAUTHENTICATED", "message": "Unauthorized"},
    }


def test_a_mutation_that_is_run_is_noted(backend: Backend, aws: Aws) -> None:
    who = {"subject": "ada", "issuer": "https://id"}
    ask(backend, "run", path="projects:create", args={"name": "x"}, identity=who)
    (noted,) = Console.of(backend).page("listActions")["page"]
    assert (noted["action"], noted["target"], noted["detail"]) == ("run", "projects:create", "as ada")


def test_nobody_is_run_as_an_administrator_nor_any_function_for_them(backend: Backend, aws: Aws) -> None:
    identity = {"subject": "x", "issuer": "polaris-admin"}
    assert refused(backend, "run", path="projects:get", args={}, identity=identity)[0] == 400
    assert refused(backend, "run", path="admin:listActions", args={})[1]["code"] == "FUNCTION_NOT_FOUND"


def test_a_log_file_is_filtered_and_followed(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "functions.log"
    Aws().stand_behind(backend.environment, file)
    file.write_text(
        "\n".join([line("09:00:00"), "a print", line("09:00:01", "files:list", level="ERROR"), line("09:00:02"), ""])
    )
    assert [shown["function"] for shown in ask(backend, "logs")["lines"]] == [
        "projects:get",
        "files:list",
        "projects:get",
    ]
    assert [shown["level"] for shown in ask(backend, "logs", level="ERROR")["lines"]] == ["ERROR"]
    page = ask(backend, "logs", limit=1)
    with file.open("a") as log:
        log.write(line("09:00:03", "users:x") + "\n" + '{"half":')
    page = ask(backend, "logs", cursor=page["cursor"])
    assert [shown["function"] for shown in page["lines"]] == ["users:x"]
    assert ask(backend, "logs", cursor=page["cursor"])["lines"] == []


def test_what_administrators_do_does_not_bury_what_others_do(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "functions.log"
    Aws().stand_behind(backend.environment, file)
    polled = [line("09:00:01", "admin:logs"), line("09:00:01", "session")] * 300
    failed = line("09:00:02", "session", level="ERROR", outcome="INTERNAL")
    file.write_text("\n".join([line("09:00:00", "projects:*"), *polled, failed, ""]))
    told_ = ask(backend, "logs", internals=False, limit=2)["lines"]
    assert [shown["function"] for shown in told_] == ["projects:*", "session"]
    assert len(ask(backend, "logs", limit=1000)["lines"]) == 602


def test_a_cursor_of_nobody_is_refused(backend: Backend, aws: Aws) -> None:
    assert refused(backend, "logs", cursor="?")[1]["code"] == "INVALID_ARGUMENT"


def test_lines_of_cloudwatch_are_told_once_though_some_come_late(backend: Backend, aws: Aws) -> None:
    aws.insights.lines = [line("09:00:05", "a")]
    page = ask(backend, "logs")
    aws.insights.lines += [line("09:00:04", "late"), line("09:00:06", "b")]
    page = ask(backend, "logs", cursor=page["cursor"])
    assert [shown["function"] for shown in page["lines"]] == ["late", "b"]
    assert ask(backend, "logs", cursor=page["cursor"])["lines"] == []


def test_failed_messages_are_counted_and_sent_where_they_came_from(backend: Backend, aws: Aws) -> None:
    for number in range(8):
        aws.sqs.messages[f"https://sqs/1/polaris-test-mailbox-{number}.fifo"] = []
    for number in range(12):
        aws.sqs.put("polaris-test-mailbox-failed.fifo", f"message {number}", "connection")
    assert ask(backend, "deadLetters") == {
        "queues": [{"name": "polaris-test-mailbox-failed.fifo", "messages": 12, "oldestSeconds": 7}]
    }
    assert ask(backend, "redrive", queue="polaris-test-mailbox-failed.fifo") == {"moved": 12}
    moved = [body for number in range(8) for body in aws.sqs.bodies(f"polaris-test-mailbox-{number}.fifo")]
    assert moved == [f"message {number}" for number in range(12)]
    assert Console.of(backend).page("listActions")["page"][0]["action"] == "redrive"


def test_only_queues_of_failed_messages_are_sent_back(backend: Backend, aws: Aws) -> None:
    aws.sqs.put("polaris-test-sweeps", "{}")
    assert refused(backend, "redrive", queue="polaris-test-sweeps")[0] == 404
    assert refused(backend, "redrive", queue="polaris-test-nothing-failed")[0] == 404


def test_the_local_cloud_looks_at_messages_to_see_how_old_they_are(backend: Backend, tmp_path: Path) -> None:
    aws = Aws()
    aws.stand_behind(backend.environment, tmp_path / "functions.log")
    aws.sqs.put("polaris-test-sweeps-failed", "{}")
    (queue,) = ask(backend, "deadLetters")["queues"]
    assert queue == {"name": "polaris-test-sweeps-failed", "messages": 1, "oldestSeconds": 90}


def given_up(first: int, last: int) -> str:
    """Return what Lambda sends to a queue in place of changes that a function has failed at again and again."""
    place = {
        "startSequenceNumber": str(first),
        "endSequenceNumber": str(last),
        "shardId": "shard",
        "streamArn": "arn",
    }
    return json.dumps({"requestContext": {"functionArn": "arn:function:follow"}, "DDBStreamBatchInfo": place})


def test_a_function_is_told_again_of_the_changes_that_it_gave_up(backend: Backend, aws: Aws) -> None:
    for number, kind in enumerate(["INSERT", "INSERT", "REMOVE", "MODIFY", "INSERT"]):
        aws.streams.put(kind, _id={"S": str(number)}, content={"B": b"x"})
    aws.sqs.put("polaris-test-jobs-failed", given_up(1, 3))
    assert ask(backend, "redrive", queue="polaris-test-jobs-failed") == {"moved": 1}
    ((function, event),) = aws.functions.told
    assert function == "arn:function:follow"
    images = [record["dynamodb"]["NewImage"] for record in event["Records"]]
    assert images == [{"_id": {"S": number}, "content": {"B": "eA=="}} for number in ("1", "3")]
    assert ask(backend, "deadLetters")["queues"][0]["messages"] == 0


def test_what_fails_again_or_is_gone_stays_where_it_is(backend: Backend, aws: Aws) -> None:
    aws.sqs.put("polaris-test-jobs-failed", given_up(0, 0))
    assert "gone" in refused(backend, "redrive", queue="polaris-test-jobs-failed")[1]["message"]
    aws.streams.put("INSERT")
    aws.functions.error = "Boom"
    status, answer = refused(backend, "redrive", queue="polaris-test-jobs-failed")
    assert (status, answer["message"]) == (409, "follow failed again: Boom: as told")
    assert aws.sqs.shown == ["polaris-test-jobs-failed-0"] * 2
    assert ask(backend, "deadLetters")["queues"][0]["messages"] == 1


def test_executions_are_listed_and_told_state_by_state(backend: Backend, aws: Aws) -> None:
    (listed,) = ask(backend, "executions")["executions"]
    assert listed == {"name": "job-1", "kind": "process-message", "status": "running", "startedAt": NOW_MS}
    assert ask(backend, "executions", kind="process-message")["cursor"] == "more"
    told_ = ask(backend, "execution", kind="process-message", name="job-1")
    assert told_["input"] == {"jobId": "job-1"}
    assert [(state["name"], state["status"], state["attempts"]) for state in told_["states"]] == [
        ("Begin", "succeeded", 1),
        ("Think", "entered", 2),
    ]
    assert told_["definition"]["StartAt"] == "Begin"


def test_an_execution_that_is_not_there_is_not_found(backend: Backend, aws: Aws) -> None:
    assert refused(backend, "execution", kind="process-message", name="job-2")[0] == 404
    assert refused(backend, "execution", kind="nonsense", name="job-1")[0] == 400


def test_health_is_told_by_metrics(backend: Backend, aws: Aws) -> None:
    answer = ask(backend, "health", minutes=60)
    (function,) = answer["functions"]
    assert (function["path"], function["calls"], function["errors"], function["p99Ms"]) == ("projects:get", 4, 1, 7)
    assert function["throttles"] == 7
    assert function["costUsd"] == pytest.approx(4 * 2e-7 + 2 * 0.5 * 0.0000133334)
    assert {series["name"] for series in answer["series"]} == {"calls", "errors", "p50Ms", "p99Ms", "throttles"}


def test_a_minute_with_calls_and_no_errors_has_none() -> None:
    assert with_zeros([(60.0, 2.0)], [(0.0, 5.0), (60.0, 7.0)]) == [(0.0, 0.0), (60.0, 2.0)]


def test_health_of_the_local_cloud_is_counted_from_its_log(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "functions.log"
    Aws().stand_behind(backend.environment, file)
    now = datetime.fromtimestamp(NOW_MS / 1000 - 60, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+00:00")
    lines = [line("0", timestamp=now), line("0", timestamp=now, errors=[1], durationMs=[9.0]), line("09:00:00")]
    file.write_text("\n".join(lines) + "\n")
    (function,) = ask(backend, "health", minutes=5)["functions"]
    assert (function["calls"], function["errors"], function["p50Ms"], function["p99Ms"]) == (2, 1, 9.0, 9.0)


def test_tables_tell_their_sizes(backend: Backend, aws: Aws) -> None:
    told_ = ask(backend, "tables")["tables"]
    assert {"name": "files", "count": 3, "bytes": 99} in told_


def test_connections_are_counted_by_the_family_of_their_client() -> None:
    live = Live()
    Aws().stand_behind(live.backend.environment)
    live.socket("py")
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, "projects:get")))
    socket.told()
    answer = ask(live.backend, "connections")
    assert (answer["open"], answer["byFamily"]) == (2, {"js": 1, "other": 1})
    assert (answer["queries"], answer["complete"]) == (1, True)
    assert answer["subscriptions"] >= 1


def test_pushes_are_counted_from_the_log_of_the_local_cloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = Live()
    file = tmp_path / "functions.log"
    Aws().stand_behind(live.backend.environment, file)
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, "projects:get")))
    pushed = len(socket.told())
    now = datetime.fromtimestamp(NOW_MS / 1000 - 10, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+00:00")
    lines = [json.loads(written) | {"timestamp": now} for written in capsys.readouterr().out.splitlines()]
    file.write_text("".join(json.dumps(one) + "\n" for one in [*lines, json.loads(line("09:00:00", pushes=[9]))]))
    assert ask(live.backend, "connections")["pushesPerMinute"] == pushed > 0


def test_pushes_of_a_deployment_are_those_of_its_metrics(backend: Backend, aws: Aws) -> None:
    assert ask(backend, "connections")["pushesPerMinute"] == pytest.approx(7 / 5)
