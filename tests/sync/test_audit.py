"""Audits: what a client was told is compared with what is so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.db.database import Database
from shared.push.mailbox import Event
from shared.runtime.call_log import Call, CallLog
from shared.runtime.context import QueryContext
from shared.runtime.function import query
from shared.sync.audit import ChangeMissed
from tests.functions.callers import Client, identity
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, told_over_http


@query(reads=[])
def anything(ctx: QueryContext) -> str:
    """Return something else each time."""
    return ctx.entropy(8).hex()


class Audits(CallLog):
    """Keeps what audits found, and which functions were run."""

    def __init__(self) -> None:
        self.found: list[BaseException | None] = []
        self.runs: list[str] = []

    def write(self, call: Call) -> None:
        if call.kind == "audit":
            self.found.append(call.error)
        elif call.kind == "query":
            self.runs.append(call.function)


class Audited:
    """Ada's client, which watches her projects and one of them."""

    def __init__(self) -> None:
        self.log = Audits()
        self.live = Live(functions=[anything])
        self.live.environment = replace(self.live.environment, log=self.log)
        self.untold = Client(replace(self.live.environment, database=Database(self.live.store)), identity("ada"))
        self.project = self.untold.call("projects:create", name="Apollo")
        self.socket = self.live.socket()
        watched = (add(0, "projects:get"), add(1, "projects:getById", id=self.project))
        self.socket.send(connect(), authenticate("ada"), modify(0, *watched))
        self.socket.told()
        self.wait()

    def wait(self) -> None:
        self.live.store.clock.sleep(300)

    def audit(self) -> Socket:
        now_ms = self.live.store.clock.now_ms()
        self.live.mailbox.send([Event(self.socket.id, "audit", str(int(now_ms)))])
        self.log.runs = []
        return self.socket


@pytest.fixture
def audited() -> Audited:
    return Audited()


def test_an_audit_runs_every_query_and_tells_a_client_that_is_up_to_date_nothing(audited: Audited) -> None:
    assert audited.audit().told() == []
    assert audited.log.runs == ["projects:get", "projects:getById"]
    assert audited.log.found == [None]


def test_a_missed_change_is_counted_and_shown(audited: Audited) -> None:
    audited.untold.call("projects:rename", id=audited.project, name="Gemini")
    audited.wait()
    (transition,) = audited.audit().told()
    assert [m["queryId"] for m in transition["modifications"]] == [0, 1]
    assert audited.socket.results[1]["name"] == "Gemini"
    (error,) = audited.log.found
    assert isinstance(error, ChangeMissed)
    assert str(error) == "2 of 2 live queries were out of date: projects:get, projects:getById"
    audited.wait()
    assert audited.audit().told() == []
    assert audited.log.found[1:] == [None]


def test_a_missed_deletion_is_counted_where_a_list_shows_it(audited: Audited) -> None:
    audited.untold.call("projects:deleteProject", id=audited.project)
    audited.wait()
    assert len(audited.audit().told()) == 1
    assert audited.socket.results[0] == []
    (error,) = audited.log.found
    assert "projects:get" in str(error)


@pytest.mark.parametrize(("path", "args"), [("rename", {"name": "Gemini"}), ("deleteProject", {})])
def test_a_change_that_may_be_on_its_way_is_shown_and_not_counted(
    audited: Audited, path: str, args: dict[str, str]
) -> None:
    audited.untold.call(f"projects:{path}", id=audited.project, **args)
    assert len(audited.audit().told()) == 1
    assert audited.log.found == [None]


def test_a_change_that_is_told_together_with_the_audit_is_not_counted(audited: Audited) -> None:
    told_over_http(audited.live, "ada").call("projects:rename", id=audited.project, name="Gemini")
    audited.wait()
    assert len(audited.audit().told()) == 1
    assert audited.log.found == [None]


def test_a_result_that_differs_with_every_run_is_not_counted(audited: Audited) -> None:
    audited.socket.send(modify(1, add(2, "sync:anything")))
    audited.socket.told()
    audited.wait()
    assert len(audited.audit().told()) == 1
    assert audited.log.found == [None]


def test_what_an_audit_shows_is_followed_from_then_on(audited: Audited) -> None:
    second = audited.untold.call("projects:create", name="Gemini")
    audited.wait()
    audited.audit().told()
    told_over_http(audited.live, "ada").call("projects:rename", id=second, name="Mercury")
    audited.socket.told()
    assert [project["name"] for project in audited.socket.results[0]] == ["Mercury", "Apollo"]


def test_an_audit_of_a_connection_without_queries_looks_at_nothing(audited: Audited) -> None:
    audited.socket.send(modify(1, {"type": "Remove", "queryId": 0}, {"type": "Remove", "queryId": 1}))
    audited.socket.told()
    assert audited.audit().told() == []
    assert audited.log.found == [None]
