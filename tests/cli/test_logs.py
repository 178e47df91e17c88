"""`polaris logs`: a file of the local cloud, or CloudWatch Logs, as one line a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.cli.log_record import record_of
from infra.cli.log_sources import CloudWatch, LogFile
from infra.local.workspace import ROOT, Workspace
from shared.errors import Conflict
from shared.operations.log_lines import Wanted
from shared.runtime.call_log import Call, CallLog
from tests.cli.command import deployment_of, lines, polaris
from tests.support.backend import Backend

NOW_MS = 1_795_000_000_000.0


class Stop(Exception):
    """Ends what would follow for ever."""


def line_of(capsys: pytest.CaptureFixture[str], call: Call) -> str:
    """Return what the backend logs of a call."""
    CallLog().write(call)
    return capsys.readouterr().out.strip()


@pytest.fixture
def log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return the log of a local cloud in which four things happened."""
    written = [
        line_of(capsys, Call("projects:create", "mutation", "aaaa111122223333", 12.3)),
        line_of(capsys, Call("files:list", "query", "bbbb111122223333", 1234.5, Conflict("no"))),
        "something printed",
        "  within a traceback",
        line_of(capsys, Call("files:list", "query", "cccc111122223333", 1.0, KeyError("gone"))),
    ]
    file = tmp_path / "functions.log"
    file.write_text("\n".join(written) + "\n")
    return file


def shown(log: Path, *arguments: str) -> list[str]:
    """Return what a command shows of the local cloud's log."""
    here = replace(deployment_of(Backend()), workspace=Workspace(ROOT, log.parent, 3210))
    result = polaris("logs", *arguments, deployment=here)
    assert result.exit_code == 0, result.output
    return lines(result.stdout)


def test_a_call_is_one_line(log: Path) -> None:
    words = shown(log)[0].split()
    assert words[1:] == ["INFO", "projects:create", "OK", "12", "ms", "aaaa111122223333"]
    assert len(words[0]) == len("12:34:56.789")


def test_a_refusal_says_its_code_and_a_failure_what_went_wrong(log: Path) -> None:
    refused, _, failed = shown(log)[1:]
    assert refused.split()[2:] == ["files:list", "CONFLICT", "1,234", "ms", "bbbb111122223333"]
    assert failed.endswith("cccc111122223333  KeyError: 'gone'")


def test_what_else_is_printed_is_shown_without_the_inside_of_tracebacks(log: Path) -> None:
    assert shown(log)[2] == "something printed"


@pytest.mark.parametrize(
    ("arguments", "requests"),
    [
        (("--function", "files:list"), "bc"),
        (("--function", "projects:*"), "a"),
        (("--level", "error"), "c"),
        (("--request-id", "bbbb"), "b"),
        (("--request-id", "bbbb111122223333"), "b"),
        (("--function", "files:list", "--level", "error"), "c"),
        (("--function", "users:get"), ""),
    ],
)
def test_only_what_is_wanted_is_shown(log: Path, arguments: tuple[str, ...], requests: str) -> None:
    found = [word[0] for line in shown(log, *arguments) for word in line.split() if word.endswith("111122223333")]
    assert "".join(found) == requests


def test_lines_can_be_had_as_they_were_logged(log: Path) -> None:
    assert shown(log, "--json", "--function", "*:*") == [
        line for line in log.read_text().splitlines() if line.startswith("{")
    ]


def test_what_is_too_long_ago_is_not_shown(log: Path) -> None:
    old = json.dumps({"message": "call", "function": "old:call", "timestamp": "2020-01-01T00:00:00.000+00:00"})
    log.write_text(old + "\n" + log.read_text())
    assert "old:call" not in " ".join(shown(log))
    assert "old:call" in " ".join(shown(log, "--since", "9999d"))


def following(path: Path, *steps: Callable[[], object]) -> list[str]:
    """Return the texts that come while a file is followed and the steps happen, one at each look."""
    waiting = iter(steps)

    def sleep(_seconds: float) -> None:
        step = next(waiting, None)
        if step is None:
            raise Stop
        step()

    found = []
    try:
        for record in LogFile(path, sleep).read(Wanted(), follow=True):
            found.append(record.text)
    except Stop:
        return found
    raise AssertionError("it ended by itself")


def append(path: Path, text: str) -> Callable[[], object]:
    def step() -> None:
        with path.open("a") as file:
            file.write(text)

    return step


def test_a_file_is_followed(tmp_path: Path) -> None:
    file = tmp_path / "functions.log"
    assert following(file, append(file, "a\nb"), append(file, "c\n"), append(file, "d\n")) == ["a", "bc", "d"]


def test_a_new_run_of_the_local_cloud_is_followed_from_its_start(tmp_path: Path) -> None:
    file = tmp_path / "functions.log"
    file.write_text("first run\n")
    assert following(file, lambda: file.write_text("2nd\n")) == ["first run", "2nd"]


class Logs:
    """CloudWatch Logs with some groups; `say` lets a function log."""

    def __init__(self, *groups: str) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {group: [] for group in groups}
        self.asked: list[dict[str, Any]] = []

    def say(self, group: str, text: str, at_ms: float) -> None:
        event = {"eventId": f"{group}/{len(self.events[group])}", "timestamp": int(at_ms), "message": text + "\n"}
        self.events[group].append(event)

    def get_paginator(self, operation: str) -> Any:
        pages: Any = {"describe_log_groups": self._groups, "filter_log_events": self._events}[operation]
        return SimpleNamespace(paginate=pages)

    def _groups(self, logGroupNamePrefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - botocore's names
        for group in self.events:
            if group.startswith(logGroupNamePrefix):
                yield {"logGroups": [{"logGroupName": group}]}

    def _events(self, **asked: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(asked)
        found = [e for e in self.events[asked["logGroupName"]] if e["timestamp"] >= asked["startTime"]]
        yield {"events": found}


PREFIX = "/aws/lambda/polaris-prod-"
GROUPS = [f"{PREFIX}{name}" for name in ("gateway-call", "files-list", "projects-create")]


def read(logs: Logs, wanted: Wanted, *, looks: int = 1, between: Callable[[], object] = lambda: None) -> list[str]:
    """Return what CloudWatch gives in so many looks, with something happening after each."""
    now = {"ms": NOW_MS, "looks": 0}

    def sleep(seconds: float) -> None:
        now["ms"] += seconds * 1000

    def now_ms() -> float:
        now["looks"] += 1
        if now["looks"] > looks:
            raise Stop
        if now["looks"] > 1:
            between()
        return now["ms"]

    found = []
    try:
        for record in CloudWatch(logs, PREFIX, now_ms, sleep).read(wanted, follow=looks > 1):
            found.append(record.text)
    except Stop:
        pass
    return found


def test_lines_of_all_functions_come_in_the_order_of_time() -> None:
    logs = Logs(*GROUPS, "/aws/lambda/polaris-dev-files-list")
    logs.say(GROUPS[1], "second", NOW_MS - 10)
    logs.say(GROUPS[0], "third", NOW_MS - 5)
    logs.say(GROUPS[2], "first", NOW_MS - 20)
    assert read(logs, Wanted(since_ms=NOW_MS - 1000)) == ["first", "second", "third"]


def test_lines_that_come_are_told_once_even_if_they_come_late() -> None:
    logs = Logs(*GROUPS)
    logs.say(GROUPS[0], "old", NOW_MS - 10)
    said = iter([(GROUPS[1], "late", NOW_MS - 20), (GROUPS[0], "new", NOW_MS + 1)])

    def say() -> None:
        if (event := next(said, None)) is not None:
            logs.say(*event)

    assert read(logs, Wanted(since_ms=NOW_MS - 1000), looks=4, between=say) == [
        "old",
        "late",
        "new",
    ]


def test_calls_of_a_function_are_looked_for_where_it_may_run() -> None:
    logs = Logs(*GROUPS)
    read(logs, Wanted(function="files:list", request_id="ab", since_ms=NOW_MS))
    assert [asked["logGroupName"] for asked in logs.asked] == GROUPS[:2]
    assert logs.asked[0]["filterPattern"] == '{ $.function = "files:list" && $.requestId = "ab*" }'


def test_cloudwatch_is_asked_no_more_than_five_times_a_second() -> None:
    logs = Logs(*GROUPS)
    slept: list[float] = []
    reader = CloudWatch(logs, PREFIX, lambda: NOW_MS, slept.append)
    assert list(reader.read(Wanted(), follow=False)) == []
    assert len(slept) == len(logs.asked)
    assert min(slept) >= 0.2


@pytest.mark.parametrize(
    ("fields", "is_noise", "level"),
    [
        ({"type": "platform.report", "record": {"status": "success"}}, True, "INFO"),
        ({"type": "platform.start", "record": {}}, True, "INFO"),
        ({"type": "platform.report", "record": {"status": "timeout"}}, False, "ERROR"),
    ],
)
def test_of_what_lambda_says_only_failures_matter(fields: dict[str, Any], is_noise: bool, level: str) -> None:
    record = record_of(json.dumps(fields))
    assert (record.is_noise, record.level) == (is_noise, level)
