"""Live queries from frame to frame, over a database, queues and sockets in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from shared.db.engine import Operation
from shared.sync import ingress
from shared.sync.actor import MAX_ATTEMPTS
from shared.sync.connections import Connections
from shared.sync.protocol import timestamp_ns
from tests.support.memory_engine import MemoryEngine
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, mutation, remove
from tests.sync.simulation.process import Killed


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def ada(live: Live) -> Socket:
    """Ada's client, which watches her projects."""
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, "projects:get")))
    socket.told()
    return socket


def types(messages: list[dict[str, object]]) -> list[object]:
    return [message["type"] for message in messages]


def names(socket: Socket, query: int = 0) -> list[str]:
    return [project["name"] for project in socket.results[query]]


def test_a_first_transition_answers_authentication_and_subscription_at_once(live: Live) -> None:
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(3, "projects:get")))
    (transition,) = socket.told()
    assert transition["startVersion"] == {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="}
    assert (transition["endVersion"]["querySet"], transition["endVersion"]["identity"]) == (1, 1)
    assert transition["modifications"] == [
        {"type": "QueryUpdated", "queryId": 3, "value": [], "logLines": [], "journal": None}
    ]


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        ({"lastCloseReason": None}, False),
        ({"lastCloseReason": "closed with code 1006"}, True),
        ({"lastCloseReason": None, "maxObservedTimestamp": "ZgAAAAAAAAA="}, True),
    ],
)
def test_only_who_may_have_sent_something_before_is_given_time_to_send_it_again(
    live: Live, told: dict[str, Any], *, waits: bool
) -> None:
    socket = live.socket()
    began_ms = live.store.clock.now_ms()
    socket.send(connect(1, **told), authenticate("ada"), modify(0, add(0, "projects:get")))
    assert types(socket.told()) == ["Transition"]
    assert (live.store.clock.now_ms() - began_ms > 250) == waits


def test_a_mutation_is_answered_before_the_transition_that_shows_it(ada: Socket) -> None:
    ada.send(mutation(0, "projects:create", name="Apollo"))
    response, transition = ada.told()
    assert response["type"] == "MutationResponse"
    assert response["success"]
    assert transition["type"] == "Transition"
    assert transition["endVersion"]["ts"] == response["ts"]
    assert names(ada) == ["Apollo"]


def test_a_mutation_that_concerns_no_query_is_followed_by_an_empty_transition(live: Live) -> None:
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0))
    socket.told()
    socket.send(mutation(0, "projects:create", name="Apollo"))
    response, transition = socket.told()
    assert transition["modifications"] == []
    assert timestamp_ns(transition["endVersion"]["ts"]) >= timestamp_ns(response["ts"])


def test_another_client_of_the_same_user_sees_the_change(live: Live, ada: Socket) -> None:
    other = live.socket()
    other.send(connect(session="other"), authenticate("ada"), modify(0, add(0, "projects:get")))
    other.told()
    ada.send(mutation(0, "projects:create", name="Apollo"))
    ada.told()
    assert types(other.told()) == ["Transition"]
    assert names(other) == ["Apollo"]


def test_other_users_are_sent_nothing(live: Live, ada: Socket) -> None:
    bob = live.socket()
    bob.send(connect(session="bob"), authenticate("bob"), modify(0, add(0, "projects:get")))
    bob.told()
    ada.send(mutation(0, "projects:create", name="Apollo"))
    ada.told()
    assert bob.told() == []


def test_a_failed_mutation_tells_why_and_is_followed_by_a_transition(ada: Socket) -> None:
    ada.send(mutation(0, "projects:create", name=""))
    response, transition = ada.told()
    assert (transition["type"], transition["modifications"]) == ("Transition", [])
    assert not response["success"]
    assert response["errorData"]["code"] == "INVALID_ARGUMENT"
    assert "Uncaught ConvexError" in response["result"]


def test_a_mutation_of_bad_arguments_has_no_error_data(ada: Socket) -> None:
    ada.send(mutation(0, "projects:create", nom="Apollo"))
    response, _ = ada.told()
    assert "ArgumentValidationError" in response["result"]
    assert "errorData" not in response


def test_an_action_is_answered_that_there_is_none(ada: Socket) -> None:
    ada.send({"type": "Action", "requestId": 0, "udfPath": "projects:act", "args": [{}]})
    (response,) = ada.told()
    assert response["type"] == "ActionResponse"
    assert "Could not find public function for 'projects:act'" in response["result"]


def test_a_query_that_refuses_fails_with_data_and_stays_live(live: Live) -> None:
    socket = live.socket()
    socket.send(connect(), modify(0, add(0, "projects:get")))
    (transition,) = socket.told()
    (failed,) = transition["modifications"]
    assert failed["type"] == "QueryFailed"
    assert failed["errorData"] == {"code": "UNAUTHENTICATED", "message": "Unauthorized"}
    socket.send(authenticate("ada"))
    socket.told()
    assert socket.results[0] == []


def test_a_removed_query_is_told_of_no_more(live: Live, ada: Socket) -> None:
    ada.send(modify(1, remove(0)))
    (transition,) = ada.told()
    assert transition["modifications"] == [{"type": "QueryRemoved", "queryId": 0}]
    ada.send(mutation(0, "projects:create", name="Apollo"))
    assert [m.get("modifications", m["type"]) for m in ada.told()] == ["MutationResponse", []]
    topics = [row["topic"] for row in live.backend.rows("subscriptions")]
    assert [topic.partition("/")[0] for topic in topics] == ["connections"]


def test_signing_out_runs_every_query_again(ada: Socket) -> None:
    ada.send(authenticate(None, base=1))
    (transition,) = ada.told()
    assert transition["endVersion"]["identity"] == 2
    assert "Unauthorized" in ada.results[0]


def test_a_refused_token_is_answered_and_ends_the_connection(live: Live, ada: Socket) -> None:
    bad = authenticate("ada", base=1) | {"value": "nonsense"}
    ada.send(bad)
    (error,) = ada.told()
    assert (error["type"], error["baseVersion"], error["authUpdateAttempted"]) == ("AuthError", 1, True)
    assert ada.closed
    assert live.backend.rows("connections") == []


def test_an_admin_key_is_refused_like_a_bad_token(ada: Socket) -> None:
    ada.send({"type": "Authenticate", "baseVersion": 1, "tokenType": "Admin", "value": "key"})
    assert types(ada.told()) == ["AuthError"]
    assert ada.closed


def test_frames_that_arrive_in_reverse_take_effect_in_order(live: Live) -> None:
    socket = live.socket()
    frames = [
        connect(),
        authenticate("ada"),
        modify(0, add(0, "projects:get")),
        mutation(0, "projects:create", name="First"),
        mutation(1, "projects:create", name="Second"),
    ]
    for frame in reversed(frames):
        socket.send(frame)
        live.step(1)
    assert types(socket.told()) == ["MutationResponse", "MutationResponse", "Transition"]
    assert names(socket) == ["Second", "First"]


def test_a_mutation_that_is_sent_again_on_a_new_connection_is_answered_from_its_record(
    live: Live, ada: Socket
) -> None:
    ada.send(mutation(0, "projects:create", name="Apollo"))
    first, _ = ada.told()
    again = live.socket()
    again.send(
        connect(1, maxObservedTimestamp=first["ts"]),
        authenticate("ada"),
        modify(0, add(0, "projects:get")),
        mutation(0, "projects:create", name="Apollo"),
    )
    response, transition = again.told()
    assert (response["result"], response["ts"]) == (first["result"], first["ts"])
    assert names(again) == ["Apollo"]
    assert transition["type"] == "Transition"


def test_a_disconnected_client_leaves_no_rows(live: Live, ada: Socket) -> None:
    with_rows = live.backend.rows("connections")
    assert with_rows
    event = {"requestContext": {"connectionId": ada.id}}
    ingress.close_connection(event, live.mailbox)
    live.run()
    assert live.backend.rows("connections") == []
    assert live.backend.rows("subscriptions") == []
    assert not ada.closed


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[]", '{"type":"Hello"}', '{"type":"Mutation","requestId":"1"}', '{"type":"Connect"}'],
)
def test_a_frame_that_no_client_sends_ends_the_connection(live: Live, ada: Socket, text: str) -> None:
    ada.send_text(text)
    assert ada.told() == []
    assert ada.closed
    assert live.backend.rows("connections") == []


def test_a_missing_connect_ends_the_connection(live: Live) -> None:
    socket = live.socket()
    socket.send(modify(0))
    assert socket.told() == []
    assert socket.closed


def test_a_crashed_actors_connection_is_closed(live: Live, ada: Socket) -> None:
    Connections(live.store).claim(ada.id, "900", 0.0)
    ada.send(mutation(0, "projects:create", name="Apollo"))
    live.mailbox.waiting[-1]["attributes"]["SequenceNumber"] = "901"
    assert ada.told() == []
    assert ada.closed


def test_a_message_that_the_queue_delivers_again_is_not_handled_again(live: Live, ada: Socket) -> None:
    ada.send(mutation(0, "projects:create", name="Apollo"))
    again = [*live.mailbox.waiting]
    ada.told()
    live.mailbox.waiting += again
    assert ada.told() == []
    assert not ada.closed


def test_what_was_handled_is_left_out_when_it_comes_again_with_something_new(live: Live, ada: Socket) -> None:
    ada.send(mutation(0, "projects:create", name="Apollo"))
    again = [*live.mailbox.waiting]
    ada.told()
    ada.send(mutation(1, "projects:create", name="Gemini"))
    live.mailbox.waiting = [*again, *live.mailbox.waiting]
    assert types(ada.told()) == ["MutationResponse", "Transition"]
    assert names(ada) == ["Gemini", "Apollo"]
    assert not ada.closed


class FatalEngine(MemoryEngine):
    """A database that every transaction ends the process of, while it is `fatal`."""

    fatal = False

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        if self.fatal:
            raise Killed
        super().transact(operations, token)


def test_a_mutation_that_ends_every_process_fails_in_the_end() -> None:
    engine = FatalEngine()
    live = Live(engine)
    answers = []
    for count in range(MAX_ATTEMPTS + 3):
        socket = live.socket()
        poison = mutation(0, "projects:create", name="Poison")
        socket.send(connect(count), authenticate("ada"), modify(0), poison)
        engine.fatal = count <= MAX_ATTEMPTS
        try:
            answers = [m for m in socket.told() if m["type"] == "MutationResponse"]
        except Killed:
            assert not answers
    assert [answer["success"] for answer in answers] == [False]
    assert live.backend.rows("projects") == []
