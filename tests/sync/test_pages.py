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
    return Live(functions=[pages.list_, pages.twice])


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


def refused(live: Live, modification: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a query that fails."""
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, modification))
    (transition,) = socket.told()
    (failed,) = transition["modifications"]
    assert failed["type"] == "QueryFailed"
    return dict(failed)


def with_journal(modification: dict[str, Any], journal: str) -> dict[str, Any]:
    return {**modification, "journal": journal}


def updates(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    modifications = [told for message in messages for told in message.get("modifications", ())]
    return [told for told in modifications if told["type"] == "QueryUpdated"]


def test_every_result_of_a_page_comes_with_the_same_journal(live: Live, caller: Client) -> None:
    ids = [caller.call("projects:create", name=f"p{number}") for number in range(5)]
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, PATH, **opts())))
    journals = [updates(socket.told())[0]["journal"]]
    for id_ in ids[:3]:
        caller.call("projects:deleteProject", id=id_)
        journals += [update["journal"] for update in updates(socket.told())]
    assert journals == [socket.results[0]["continueCursor"]] * 4
    assert (names(socket), socket.results[0]["isDone"]) == ([], False)


def test_a_page_that_is_subscribed_to_again_with_its_journal_is_told_as_it_was(live: Live, caller: Client) -> None:
    for number in range(5):
        caller.call("projects:create", name=f"p{number}")
    first = updates(_subscribed(live, add(0, PATH, **opts())))[0]
    again = updates(_subscribed(live, with_journal(add(0, PATH, **opts()), first["journal"])))[0]
    assert again == first


def _subscribed(live: Live, modification: dict[str, Any]) -> list[dict[str, Any]]:
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, modification))
    return socket.told()


def test_an_end_that_is_asked_for_comes_before_the_journal(live: Live, caller: Client) -> None:
    for number in range(5):
        caller.call("projects:create", name=f"p{number}")
    long, short = (updates(_subscribed(live, add(0, PATH, **opts(numItems=count))))[0] for count in (4, 2))
    asked = opts(endCursor=short["journal"])
    socket = opened(live, with_journal(add(0, PATH, **asked), long["journal"]))
    assert names(socket) == ["p0", "p1"]


def test_a_page_is_split_in_two_and_the_halves_stay_live(live: Live, caller: Client) -> None:
    ids = [caller.call("projects:create", name=f"p{number}") for number in range(5)]
    socket = opened(live, add(0, PATH, **opts()))
    whole = socket.results[0]
    left, right = (
        add(1, PATH, **opts(endCursor=whole["splitCursor"])),
        add(2, PATH, **opts(whole["splitCursor"], endCursor=whole["continueCursor"])),
    )
    socket.send(modify(1, left, right))
    socket.told()
    assert names(socket) == names(socket, 1) + names(socket, 2) == ["p0", "p1", "p2"]
    caller.call("projects:deleteProject", id=ids[0])
    caller.call("projects:create", name="p5")
    socket.told()
    assert (names(socket, 1), names(socket, 2)) == (["p1"], ["p2"])


@pytest.mark.parametrize("options", [{"cursor": "forged"}, {"endCursor": "forged"}])
def test_a_cursor_that_is_not_of_this_deployment_resets_the_page(live: Live, options: dict[str, str]) -> None:
    failed = refused(live, add(0, PATH, **opts(**options)))
    assert failed["errorData"] == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
    assert failed["errorMessage"].count("InvalidCursor") == 1


def test_the_journal_of_another_person_resets_the_page(live: Live, caller: Client) -> None:
    for user in (caller, told_over_http(live, "bob")):
        for number in range(4):
            user.call("projects:create", name=f"p{number}")
    socket = live.socket()
    socket.send(connect(), authenticate("bob"), modify(0, add(0, PATH, **opts())))
    journal = updates(socket.told())[0]["journal"]
    failed = refused(live, with_journal(add(0, PATH, **opts()), journal))
    assert failed["errorData"]["paginationError"] == "InvalidCursor"
    # As the React hook does: from the beginning, under another id.
    assert names(opened(live, add(0, PATH, **opts(id=2)))) == ["p0", "p1", "p2"]


def test_whoever_signs_in_instead_is_told_that_the_page_is_not_theirs(live: Live, caller: Client) -> None:
    for number in range(4):
        caller.call("projects:create", name=f"p{number}")
    socket = opened(live, add(0, PATH, **opts()))
    socket.send(authenticate("bob", base=1))
    socket.told()
    assert "InvalidCursor" in socket.results[0]
    socket.send(modify(1, add(1, PATH, **opts(id=2))))
    socket.told()
    assert names(socket, 1) == []


def test_a_second_page_in_one_function_is_refused_in_words(live: Live, caller: Client) -> None:
    failed = refused(live, add(0, "sync:twice", **opts()))
    assert "multiple paginated queries, and only one can be kept live" in failed["errorMessage"]


@pytest.mark.parametrize("count", [0, -1, 32_001, 1.5, "3"])
def test_a_page_of_no_size_is_refused_by_name(live: Live, count: Any) -> None:
    failed = refused(live, add(0, PATH, **opts(numItems=count)))
    assert "ArgumentValidationError" in failed["errorMessage"]
    assert "Path: .paginationOpts.numItems" in failed["errorMessage"]
    assert failed["journal"] is None


def test_clients_that_ask_for_the_same_page_keep_ends_of_their_own(live: Live, caller: Client) -> None:
    ids = [caller.call("projects:create", name=f"p{number}") for number in range(6)]
    early = opened(live, add(0, PATH, **opts()))
    caller.call("projects:deleteProject", id=ids[0])
    late = opened(live, add(0, PATH, **opts()))
    early.told()
    assert (names(early), names(late)) == (["p1", "p2"], ["p1", "p2", "p3"])
    caller.call("projects:deleteProject", id=ids[1])
    early.told()
    late.told()
    assert (names(early), names(late)) == (["p2"], ["p2", "p3"])
