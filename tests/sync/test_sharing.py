"""Connections of a process that watch the same share one run of it, and are shown nothing that is too old."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

import pytest

from shared.db.database import Database
from shared.runtime.context import QueryContext
from shared.runtime.environment import Environment
from shared.runtime.function import query
from shared.schema.document import Id
from shared.schema.tables import File, Project
from tests.functions.callers import Client, identity
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, mutation, told_over_http
from tests.sync.runs import Runs


@query(reads=[Project])
def name_of(ctx: QueryContext, *, id: Id[Project]) -> str | None:
    """Return the name of a project to whoever asks."""
    project = ctx.db.get(Project, id)
    return project.name if project else None


@query(reads=[Project, File])
def files_of_newest(ctx: QueryContext) -> list[str]:
    """Return the names of the files in the caller's newest project."""
    newest = ctx.db.query(Project.by_owner, owner_id=ctx.user.subject).order("desc").first()
    files = ctx.db.query(File.by_project, project_id=newest.id).collect() if newest else []
    return [file.name for file in files]


class Shared:
    """A deployment whose commits are told when a test says so."""

    def __init__(self) -> None:
        self.runs = Runs()
        self.live = Live(functions=[name_of, files_of_newest])
        self.live.environment = replace(self.live.environment, log=self.runs)
        self.here = self.live.environment
        self.caller = told_over_http(self.live, "ada")
        self.untold = Client(replace(self.here, database=Database(self.live.store)), identity("ada"))

    def another_process(self) -> Environment:
        return replace(self.here)

    def watching(self, *queries: tuple[str, dict[str, Any]], user: str = "ada", family: str = "js") -> Socket:
        socket = self.live.socket(family)
        added = [add(number, path, **args) for number, (path, args) in enumerate(queries)]
        socket.send(connect(session=socket.id), authenticate(user), modify(0, *added))
        socket.told()
        self.runs.taken()
        return socket

    def act(self, socket: Socket, process: Environment | None = None, *, most: int = 10) -> None:
        """Let a process handle what waits for one connection."""
        everything = self.live.mailbox.waiting
        own = [record for record in everything if record["attributes"]["MessageGroupId"] == socket.id][:most]
        self.live.environment = process or self.here
        self.live.mailbox.waiting = own
        self.live.step()
        waiting = self.live.mailbox.waiting
        self.live.mailbox.waiting = [record for record in everything if record not in own] + waiting
        self.live.environment = self.here
        socket.receive()


PROJECTS = ("projects:get", cast("dict[str, Any]", {}))


@pytest.fixture
def shared() -> Shared:
    return Shared()


def names(sockets: Iterable[Socket], query: int = 0) -> list[list[str]]:
    return [[row["name"] for row in socket.results[query]] for socket in sockets]


def test_fifty_connections_with_the_same_list_share_one_run_for_each_change(shared: Shared) -> None:
    sockets = [shared.watching(PROJECTS) for _ in range(50)]
    for change in ("Apollo", "Gemini"):
        id = shared.caller.call("projects:create", name=change)
        shared.live.run()
        assert shared.runs.taken() == ["projects:get"]
        shared.caller.call("projects:rename", id=id, name=f"{change} 2")
        shared.live.run()
        assert shared.runs.taken() == ["projects:get"]
    for socket in sockets:
        assert len(socket.receive()) == 4
    assert names(sockets) == [["Gemini 2", "Apollo 2"]] * 50


def test_a_process_that_has_seen_none_of_them_runs_it_once_for_each_batch(shared: Shared) -> None:
    sockets = [shared.watching(PROJECTS) for _ in range(50)]
    shared.caller.call("projects:create", name="Apollo")
    shared.live.environment = shared.another_process()
    shared.live.run()
    assert shared.runs.taken() == ["projects:get"] * 5
    for socket in sockets:
        assert len(socket.receive()) == 1
    assert names(sockets) == [["Apollo"]] * 50


def test_another_user_who_watches_the_same_has_a_run_of_his_own(shared: Shared) -> None:
    id = shared.caller.call("projects:create", name="Apollo")
    question = ("sync:nameOf", {"id": id})
    sockets = [shared.watching(question, user=user) for user in ("ada", "bob", "ada", "bob")]
    shared.caller.call("projects:rename", id=id, name="Gemini")
    shared.live.run()
    assert shared.runs.taken() == ["sync:nameOf"] * 2
    for socket in sockets:
        socket.receive()
        assert socket.results == {0: "Gemini"}


def test_other_arguments_are_another_query(shared: Shared) -> None:
    [shared.watching(("projects:getPartial", {"limit": limit})) for limit in (1, 2, 1, 2)]
    shared.caller.call("projects:create", name="Apollo")
    shared.live.run()
    assert shared.runs.taken() == ["projects:getPartial"] * 2


def test_clients_of_all_families_share_results_that_all_of_them_take(shared: Shared) -> None:
    sockets = [shared.watching(PROJECTS, family=family) for family in ("js", "other")]
    shared.caller.call("projects:create", name="Apollo")
    shared.live.run()
    assert shared.runs.taken() == ["projects:get"]
    for socket in sockets:
        socket.receive()
    assert names(sockets) == [["Apollo"]] * 2


def test_a_result_too_large_for_a_client_is_not_shared_with_it(shared: Shared) -> None:
    project = shared.caller.call("projects:create", name="Apollo")
    file = shared.caller.call("files:createFile", projectId=project, name="a", content="")
    question = ("files:getFile", {"id": file})
    js, other = (shared.watching(question, family=family) for family in ("js", "other"))
    shared.caller.call("files:updateFile", id=file, content="x" * 200_000)
    shared.live.run()
    assert shared.runs.taken() == ["files:getFile"] * 2
    js.receive()
    other.receive()
    assert len(js.results[0]["content"]) == 200_000
    assert "too large" in other.results[0]


def test_a_result_is_not_taken_by_who_knows_of_a_later_commit(shared: Shared) -> None:
    first, second = shared.watching(PROJECTS), shared.watching(PROJECTS)
    shared.caller.call("projects:create", name="Apollo")
    shared.act(first)
    shared.caller.call("projects:create", name="Gemini")
    shared.act(second)
    assert shared.runs.taken() == ["projects:get"] * 2
    assert names([first, second]) == [["Apollo"], ["Gemini", "Apollo"]]
    shared.live.run()
    assert shared.runs.taken() == []
    first.receive()
    assert names([first]) == [["Gemini", "Apollo"]]


def test_a_result_is_not_taken_by_who_has_committed_since(shared: Shared) -> None:
    first, second = shared.watching(PROJECTS), shared.watching(PROJECTS)
    shared.caller.call("projects:create", name="Apollo")
    shared.act(first)
    second.send(mutation(0, "projects:create", name="Gemini"))
    shared.act(second)
    assert names([second]) == [["Gemini", "Apollo"]]


def test_a_late_notice_does_not_take_a_client_back_to_what_it_saw_before(shared: Shared) -> None:
    """Another process showed the client a later commit than the one that this process now hears of."""
    first, second = shared.watching(PROJECTS), shared.watching(PROJECTS)
    shared.caller.call("projects:create", name="Apollo")
    shared.act(first)
    late, shared.live.mailbox.waiting = shared.live.mailbox.waiting, []
    shared.caller.call("projects:create", name="Gemini")
    shared.act(second, shared.another_process())
    assert names([second]) == [["Gemini", "Apollo"]]
    for record in late:
        record["attributes"]["SequenceNumber"] = "99"
    shared.live.mailbox.waiting = late
    shared.runs.taken()
    shared.act(second)
    assert shared.runs.taken() == ["projects:get"]
    assert names([second]) == [["Gemini", "Apollo"]]


def test_a_list_that_gained_a_row_is_shared_and_so_is_what_becomes_of_the_row(shared: Shared) -> None:
    project = shared.caller.call("projects:create", name="Apollo")
    question = ("files:getFiles", {"projectId": project})
    sockets = [shared.watching(question) for _ in range(3)]
    file = shared.caller.call("files:createFile", projectId=project, name="a", content="")
    shared.live.run()
    assert shared.runs.taken() == ["files:getFiles"]
    watchers = [row["connectionId"] for row in shared.live.backend.rows("subscriptions") if row["topic"] == file]
    assert sorted(watchers) == sorted(socket.id for socket in sockets)
    shared.caller.call("files:updateFile", id=file, content="new")
    shared.live.run()
    assert shared.runs.taken() == ["files:getFiles"]
    for socket in sockets:
        socket.receive()
        assert [row["content"] for row in socket.results[0]] == ["new"]


def test_a_row_that_changed_before_a_client_was_subscribed_to_it_is_read_again(shared: Shared) -> None:
    project = shared.caller.call("projects:create", name="Apollo")
    question = ("files:getFiles", {"projectId": project})
    first, second = shared.watching(question), shared.watching(question)
    file = shared.caller.call("files:createFile", projectId=project, name="a", content="old")
    shared.act(first)
    shared.caller.call("files:updateFile", id=file, content="new")  # which only the first client is told of
    shared.act(second)
    assert [row["content"] for row in first.results[0]] == ["old"]
    assert [row["content"] for row in second.results[0]] == ["new"]


def test_a_result_that_depends_on_another_range_is_not_taken(shared: Shared) -> None:
    """Between its run and the subscription somebody may change the range, and nobody would tell."""
    first, second = (shared.watching(("sync:filesOfNewest", {})) for _ in range(2))
    project = shared.caller.call("projects:create", name="Apollo")
    shared.act(first)
    shared.caller.call("files:createFile", projectId=project, name="a", content="")  # only the first is told
    shared.act(second)
    assert shared.runs.taken() == ["sync:filesOfNewest"] * 2
    assert (first.results[0], second.results[0]) == ([], ["a"])


def test_all_results_of_a_transition_show_one_version_of_a_document(shared: Shared) -> None:
    id = shared.caller.call("projects:create", name="Apollo")
    list_only = shared.watching(PROJECTS)
    both = shared.watching(("projects:getById", {"id": id}), PROJECTS)
    shared.caller.call("projects:rename", id=id, name="Gemini")
    shared.act(list_only)
    shared.untold.call("projects:rename", id=id, name="Mercury")
    shared.act(both)
    assert names([list_only]) == [["Gemini"]]
    assert both.results[0]["name"] == "Mercury"
    assert names([both], 1) == [["Mercury"]]


def test_what_runs_after_a_shared_result_shows_the_version_that_it_showed(shared: Shared) -> None:
    id = shared.caller.call("projects:create", name="Apollo")
    list_only = shared.watching(PROJECTS)
    both = shared.watching(PROJECTS, ("projects:getById", {"id": id}))
    shared.caller.call("projects:rename", id=id, name="Gemini")
    shared.act(list_only)
    shared.untold.call("projects:rename", id=id, name="Mercury")
    shared.runs.taken()
    shared.act(both)
    assert shared.runs.taken() == ["projects:getById"]
    assert names([both]) == [["Gemini"]]
    assert both.results[1]["name"] == "Gemini"


def test_a_shared_result_takes_its_client_to_the_versions_that_it_shows(shared: Shared) -> None:
    """Also to those that its run found in what the results before it had read."""
    id = shared.caller.call("projects:create", name="Apollo")
    both = shared.watching(PROJECTS, ("projects:getById", {"id": id}))
    one = shared.watching(("projects:getById", {"id": id}))
    shared.caller.call("projects:rename", id=id, name="Gemini")
    shared.untold.call("projects:rename", id=id, name="Mercury")
    shared.act(both)
    shared.act(one)
    assert one.results[0]["name"] == "Mercury"
    assert one.version["ts"] == both.version["ts"]


def test_new_queries_and_new_identities_are_run_by_themselves(shared: Shared) -> None:
    shared.watching(PROJECTS)
    socket = shared.live.socket()
    socket.send(connect(session=socket.id), authenticate("ada"), modify(0, add(0, "projects:get")))
    socket.told()
    assert shared.runs.taken() == ["projects:get"]
    socket.send(authenticate("ada", 1))
    socket.told()
    assert shared.runs.taken() == ["projects:get"]


def test_results_are_kept_for_seconds(shared: Shared) -> None:
    first, second = shared.watching(PROJECTS), shared.watching(PROJECTS)
    shared.caller.call("projects:create", name="Apollo")
    shared.act(first)
    shared.live.store.clock.sleep(6)
    shared.act(second)
    assert shared.runs.taken() == ["projects:get"] * 2
