"""The lists that are also there in pages: in which order, of whom, and over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import ArgumentValidation, InvalidCursor
from shared.runtime.environment import use
from shared.runtime.function import Function
from tests.functions.callers import Client, registry
from tests.runtime.backend import LAMBDA, http_event, told
from tests.support.backend import Backend

MESSAGES = "conversations:getMessagesPaginated"
EVENTS = "projects:getGenerationEventsPaginated"
COMPANIONS = {MESSAGES: "conversations:getMessages", EVENTS: "projects:getGenerationEvents"}


def subject_of(client: Client, server: Client, path: str, count: int) -> dict[str, str]:
    """Make a list of `count` rows, called 0, 1, …, and return the argument that names it."""
    project = client.call("projects:create", name="Pages")
    if path == EVENTS:
        for number in range(count):
            server.call("system:appendGenerationEvent", projectId=project, type="step", message=str(number))
        return {"projectId": project}
    conversation = client.call("conversations:create", projectId=project)
    shared = {"conversationId": conversation, "projectId": project, "role": "user"}
    for number in range(count):
        server.call("system:createMessage", **shared, content=str(number))
    return {"conversationId": conversation}


def opts(count: int, cursor: str | None = None, **more: Any) -> dict[str, Any]:
    return {"paginationOpts": {"numItems": count, "cursor": cursor, "id": 1} | more}


def texts(page: Any) -> list[str]:
    return [row.get("content") or row["message"] for row in page["page"]]


@pytest.mark.parametrize("path", COMPANIONS)
def test_pages_go_from_the_newest_to_the_oldest_and_hold_what_the_whole_list_holds(
    ada: Client, server: Client, path: str
) -> None:
    subject = subject_of(ada, server, path, 5)
    pages: list[Any] = []
    cursor = None
    while not pages or not pages[-1]["isDone"]:
        pages.append(ada.call(path, **subject, **opts(2, cursor)))
        cursor = pages[-1]["continueCursor"]
    assert [texts(page) for page in pages] == [["4", "3"], ["2", "1"], ["0"]]
    assert [row for page in pages for row in page["page"]][::-1] == ada.call(COMPANIONS[path], **subject)


@pytest.mark.parametrize("path", COMPANIONS)
def test_a_page_has_the_fields_that_clients_look_for(ada: Client, server: Client, path: str) -> None:
    page = ada.call(path, **subject_of(ada, server, path, 1), **opts(2))
    assert set(page) == {"page", "isDone", "continueCursor", "splitCursor", "pageStatus"}
    assert (page["isDone"], page["splitCursor"], page["pageStatus"]) == (True, None, None)
    assert isinstance(page["continueCursor"], str)


@pytest.mark.parametrize("path", COMPANIONS)
def test_the_options_are_those_of_convexs_own_validator(path: str) -> None:
    assert registry()[path].arguments.validator.fields["paginationOpts"].text == (
        "v.object({cursor: v.union(v.string(), v.null()), endCursor: v.optional(v.union(v.string(), v.null())), "
        "id: v.optional(v.float64()), maximumBytesRead: v.optional(v.float64()), "
        "maximumRowsRead: v.optional(v.float64()), numItems: v.float64()})"
    )


@pytest.mark.parametrize("path", COMPANIONS)
def test_every_option_of_the_released_clients_is_taken(ada: Client, server: Client, path: str) -> None:
    subject = subject_of(ada, server, path, 4)
    end = ada.call(path, **subject, **opts(3))["continueCursor"]
    limits = {"maximumRowsRead": 100, "maximumBytesRead": 1e6}
    assert texts(ada.call(path, **subject, **opts(1, None, endCursor=end, **limits))) == ["3", "2", "1"]
    assert texts(ada.call(path, **subject, **opts(1, None, endCursor=None))) == ["3"]
    assert texts(ada.call(path, **subject, paginationOpts={"numItems": 1.0, "cursor": None})) == ["3"]


@pytest.mark.parametrize("path", COMPANIONS)
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"numItems": 0}, "numItems"),
        ({"numItems": 32_001}, "numItems"),
        ({"numItems": "3"}, "numItems"),
        ({"numItems": True}, "numItems"),
        ({"cursor": 7}, "cursor"),
        ({"endCursor": 7}, "endCursor"),
        ({"id": "1"}, "id"),
        ({"maximumRowsRead": 0}, "maximumRowsRead"),
        ({"maximumBytesRead": -1}, "maximumBytesRead"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_an_option_that_is_wrong_is_named(
    ada: Client, server: Client, path: str, wrong: dict[str, Any], field: str
) -> None:
    subject = subject_of(ada, server, path, 0)
    with pytest.raises(ArgumentValidation, match=field):
        ada.call(path, **subject, paginationOpts={"numItems": 3, "cursor": None} | wrong)


@pytest.mark.parametrize("path", COMPANIONS)
@pytest.mark.parametrize("option", ["cursor", "endCursor"])
def test_the_place_in_somebody_elses_list_is_no_place_in_ones_own(
    ada: Client, bob: Client, server: Client, path: str, option: str
) -> None:
    foreign = ada.call(path, **subject_of(ada, server, path, 3), **opts(1))["continueCursor"]
    with pytest.raises(InvalidCursor):
        bob.call(path, **subject_of(bob, server, path, 3), **opts(1, **{option: foreign}))


def test_a_page_of_long_messages_holds_fewer_of_them(ada: Client, server: Client) -> None:
    subject = subject_of(ada, server, MESSAGES, 0)
    project = ada.call("conversations:getById", id=subject["conversationId"])["projectId"]
    for _ in range(8):
        server.call(
            "system:createMessage", **subject, projectId=project, role="user", content='  let a = "b"\n' * 60_000
        )
    page = ada.call(MESSAGES, **subject, **opts(8))
    assert (len(page["page"]), page["isDone"]) == (2, False)


def post(function: Function[Any] | Any, route: str, path: str, args: dict[str, Any]) -> Any:
    body = {"path": path, "args": args, "format": "convex_encoded_json"}
    response = function(http_event(body, f"POST {route}", authorization="Bearer token-of-ada"), LAMBDA)
    assert response["statusCode"] == 200
    return told(response)


@pytest.mark.parametrize("path", COMPANIONS)
def test_pages_are_read_over_http_too(backend: Backend, ada: Client, server: Client, path: str) -> None:
    subject = subject_of(ada, server, path, 3)
    function = registry()[path]
    with use(backend.environment):
        first = post(function, function.route, path, subject | opts(2))["value"]
        second = post(function, function.route, path, subject | opts(2, first["continueCursor"]))["value"]
        refused = post(function, function.route, path, subject | opts(2, "forged"))
    assert (texts(first), texts(second)) == (["2", "1"], ["0"])
    assert refused["errorData"] == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
    assert refused["errorMessage"].count("InvalidCursor") == 1
