"""Administrators watch rows live, by the released clients' protocol; nobody else does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.admin.gateway import administration
from shared.db.database import Database
from shared.push.notices import Notices
from shared.push.subscriptions import Subscriptions
from shared.runtime.environment import Environment
from tests.admin.console import admin_token
from tests.functions.callers import Client, identity
from tests.functions.rows import Rows, furnish
from tests.sync.live import Live, Message, Socket, add, authenticate, connect, modify, mutation
from tests.sync.test_notices import stream

PAGE = {"numItems": 50, "cursor": None, "id": 1}


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def rows(live: Live) -> Rows:
    return furnish(live.environment, "ada", "Apollo", files=2)


def administrator(environment: Environment) -> Message:
    return {
        "type": "Authenticate",
        "baseVersion": 0,
        "tokenType": "User",
        "value": admin_token(environment),
    }


def watch(live: Live, who: Message, path: str, **args: Any) -> Socket:
    socket = live.socket()
    socket.send(connect(), who, modify(0, add(0, path, **args)))
    socket.told()
    stream(live)  # so that what was committed before is not told later
    socket.told()
    return socket


def user(live: Live) -> Client:
    """Return a user over HTTP, whose commits are told at once to those who watch what they change."""
    tell = Notices(Subscriptions(live.store), live.mailbox).try_to_send
    return Client(replace(live.environment, database=Database(live.store, tell)), identity("ada"))


def names(socket: Socket) -> set[str]:
    return {row["name"] for row in socket.results[0]["page"]}


def test_a_change_of_a_row_that_is_shown_is_told(live: Live, rows: Rows) -> None:
    socket = watch(live, administrator(live.environment), "admin:listRows", table="files", paginationOpts=PAGE)
    assert names(socket) == {"src", "0.ts", "1.ts", "logo.png"}
    user(live).call("files:renameFile", id=rows.file, newName="renamed.ts")
    socket.told()
    assert "renamed.ts" in names(socket)


def test_a_row_that_comes_anywhere_into_a_table_is_told_by_the_stream(live: Live, rows: Rows) -> None:
    socket = watch(live, administrator(live.environment), "admin:listRows", table="files", paginationOpts=PAGE)
    user(live).call("files:createFile", projectId=rows.project, name="new.ts", content="")
    stream(live)
    socket.told()
    assert "new.ts" in names(socket)


def test_a_row_that_comes_is_told_though_its_committer_tells_of_something_else(live: Live, rows: Rows) -> None:
    socket = watch(live, administrator(live.environment), "admin:listRows", table="files", paginationOpts=PAGE)
    socket.send(modify(1, add(1, "admin:getRow", id=rows.project)))
    socket.told()
    live.store.clock.sleep(5)  # a project notes that something in it changed once a second
    user(live).call("files:createFile", projectId=rows.project, name="new.ts", content="")
    stream(live)
    socket.told()
    assert "new.ts" in names(socket)


def test_a_row_that_goes_is_told(live: Live, rows: Rows) -> None:
    socket = watch(live, administrator(live.environment), "admin:listRows", table="files", paginationOpts=PAGE)
    user(live).call("files:deleteFile", id=rows.file)
    stream(live)
    socket.told()
    assert "0.ts" not in names(socket)


def test_a_page_that_is_read_again_ends_where_it_ended_though_that_row_is_gone(live: Live, rows: Rows) -> None:
    options = {**PAGE, "numItems": 2}
    socket = watch(live, administrator(live.environment), "admin:listRows", table="files", paginationOpts=options)
    first = socket.results[0]
    rest = {**PAGE, "cursor": first["continueCursor"]}
    socket.send(modify(1, add(1, "admin:listRows", table="files", paginationOpts=rest)))
    socket.told()
    user(live).call("files:deleteFile", id=first["page"][1]["_id"])
    stream(live)
    socket.told()
    listed = [row["_id"] for page in (0, 1) for row in socket.results[page]["page"]]
    assert sorted(listed) == sorted(row["_id"] for row in live.backend.rows("files"))


@pytest.mark.parametrize("path", sorted(administration()))
@pytest.mark.parametrize("who", [authenticate(None), authenticate("ada")])
def test_to_users_no_function_of_administrators_is_there(live: Live, path: str, who: Message) -> None:
    socket = watch(live, who, path)
    assert socket.results[0].endswith(f"Could not find public function for '{path}'.")


@pytest.mark.parametrize("path", sorted(path for path, found in administration().items() if found.kind == "mutation"))
@pytest.mark.parametrize("who", ["ada", None, "an administrator"])
def test_nobody_changes_anything_of_administrators_over_a_socket(live: Live, path: str, who: str | None) -> None:
    asks = administrator(live.environment) if who == "an administrator" else authenticate(who)
    socket = live.socket()
    socket.send(connect(), asks, modify(0), mutation(0, path))
    (answer,) = [message for message in socket.told() if message["type"] == "MutationResponse"]
    assert answer["success"] is False
    assert ("POST /api/admin/mutation" if who == "an administrator" else "Could not find") in answer["result"]


def test_an_administrator_watches_no_query_of_users(live: Live, rows: Rows) -> None:
    socket = watch(live, administrator(live.environment), "projects:get")
    assert "administrator" in socket.results[0]


@pytest.mark.parametrize("token", ["polaris-admin.e30", "expired"])
def test_a_token_that_is_forged_or_expired_ends_the_connection(live: Live, token: str) -> None:
    value = admin_token(live.environment, expires_at_s=1.0) if token == "expired" else token
    socket = live.socket()
    socket.send(connect(), {**administrator(live.environment), "value": value}, modify(0, add(0, "admin:describe")))
    assert [message["type"] for message in socket.told()] == ["AuthError"]
    assert socket.closed
