"""Live pages: they neither overlap nor leave gaps, whatever is inserted and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions.callers import Client
from tests.sync import pages
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, told_over_http

PATH = "sync:list"


@pytest.fixture
def live() -> Live:
    return Live(functions=[pages.list_])


@pytest.fixture
def caller(live: Live) -> Client:
    return told_over_http(live, "ada")


def opts(cursor: str | None = None, **more: Any) -> dict[str, Any]:
    return {"paginationOpts": {"numItems": 3, "cursor": cursor, "id": 1, **more}}


def opened(live: Live, *modifications: dict[str, Any], count: int = 0) -> Socket:
    socket = live.socket()
    socket.send(connect(count), authenticate("ada"), modify(0, *modifications))
    socket.told()
    return socket


def names(socket: Socket, query: int = 0) -> list[str]:
    return [project["name"] for project in socket.results[query]["page"]]


def test_pages_follow_each_other_and_keep_their_ends(live: Live, caller: Client) -> None:
    ids = [caller.call("projects:create", name=f"p{number}") for number in range(5)]
    socket = opened(live, add(0, PATH, **opts()))
    assert (names(socket), socket.results[0]["isDone"]) == (["p0", "p1", "p2"], False)
    socket.send(modify(1, add(1, PATH, **opts(socket.results[0]["continueCursor"]))))
    socket.told()
    assert (names(socket, 1), socket.results[1]["isDone"]) == (["p3", "p4"], True)
    caller.call("projects:deleteProject", id=ids[1])
    caller.call("projects:create", name="p5")
    caller.call("projects:create", name="p6")
    socket.told()
    assert (names(socket), names(socket, 1)) == (["p0", "p2"], ["p3", "p4", "p5", "p6"])


def test_a_reconnected_client_brings_the_end_of_its_page_with_it(live: Live, caller: Client) -> None:
    ids = [caller.call("projects:create", name=f"p{number}") for number in range(5)]
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, PATH, **opts())))
    (transition,) = socket.told()
    journal = transition["modifications"][0]["journal"]
    assert journal == transition["modifications"][0]["value"]["continueCursor"]
    caller.call("projects:deleteProject", id=ids[0])
    again = opened(live, {**add(0, PATH, **opts()), "journal": journal}, count=1)
    assert names(again) == ["p1", "p2"]


def test_a_journal_that_is_not_of_this_deployment_resets_the_page(live: Live) -> None:
    socket = live.socket()
    forged = {**add(0, PATH, **opts()), "journal": "forged"}
    socket.send(connect(), authenticate("ada"), modify(0, forged))
    (transition,) = socket.told()
    (failed,) = transition["modifications"]
    assert failed["errorData"] == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
    assert "InvalidCursor" in failed["errorMessage"]


def test_queries_without_pages_have_no_journal(live: Live) -> None:
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, "projects:get")))
    (transition,) = socket.told()
    assert transition["modifications"][0]["journal"] is None
