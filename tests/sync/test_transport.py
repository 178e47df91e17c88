"""Clients whose frames have numbers, from frame to frame: large messages, cuts, any order, and what is stored."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from shared.schema.platform import CONNECTIONS
from shared.sync import ingress
from shared.sync.parts import COMPLETE_MS
from tests.support.memory_engine import MemoryEngine
from tests.sync.live import Live, Message, add, authenticate, connect, modify, mutation
from tests.sync.transport import NumberedSocket

KB = 1024
ITEM_BYTES = 400 * KB
QUEUE_BYTES = 256 * KB


class Counting(MemoryEngine):
    """A database that knows the largest row of a connection, in bytes of JSON."""

    largest = 0

    def write(self, operation: Any) -> None:
        item = getattr(operation, "item", None)
        if item is not None and operation.table is CONNECTIONS:
            self.largest = max(self.largest, len(json.dumps(item, default=str).encode()))
        super().write(operation)


@pytest.fixture
def engine() -> Counting:
    return Counting()


@pytest.fixture
def live(engine: Counting) -> Live:
    return Live(engine)


def opening(count: int = 0, session: str = "ada's") -> list[Message]:
    return [connect(count, session), authenticate("ada"), modify(0, add(0, "projects:get"))]


class Ada(NumberedSocket):
    """Ada's client, which watches her projects and has a file."""

    def __init__(self, live: Live) -> None:
        super().__init__(live.socket())
        self.send(*opening(), mutation(0, "projects:create", name="Apollo"))
        project = self.socket.told()[0]["result"]
        self.send(mutation(1, "files:createFile", projectId=project, name="notes", content=""))
        self.file = self.socket.told()[0]["result"]


@pytest.fixture
def ada(live: Live) -> Ada:
    return Ada(live)


def save(client: Ada, number: int, content: str) -> Message:
    return mutation(number, "files:updateFile", id=client.file, content=content)


def stored(live: Live, client: Ada) -> str:
    """Return the content of the file, as another client of Ada's reads it."""
    other = NumberedSocket(live.socket())
    other.send(*opening(session="other"), modify(1, add(1, "files:getFile", id=client.file)))
    other.socket.told()
    content: str = other.socket.results[1]["content"]
    return content


def rows(live: Live, client: NumberedSocket, kind: str) -> list[str]:
    found = live.backend.rows(CONNECTIONS.name)
    of_client = [item["row"] for item in found if item["connectionId"] == client.socket.id]
    return [row for row in of_client if row.startswith(kind)]


TEXT = "const π = '😀';\t// \\ é漢\n"


def of(size_bytes: int) -> str:
    """Return a content of so many bytes."""
    text = TEXT * (size_bytes // len(TEXT.encode()))
    return text + "x" * (size_bytes - len(text.encode()))


@pytest.mark.parametrize("size_bytes", [40 * KB, 200 * KB, 900 * KB, 1000 * KB])
def test_a_large_file_is_saved_and_what_else_is_watched_stays_live(live: Live, ada: Ada, size_bytes: int) -> None:
    content = of(size_bytes)
    ada.send(save(ada, 2, content))
    response, transition = ada.socket.told()
    assert (response["type"], response["success"], transition["type"]) == ("MutationResponse", True, "Transition")
    assert stored(live, ada) == content
    ada.send(mutation(3, "projects:create", name="Gemini"))
    ada.socket.told()
    assert [project["name"] for project in ada.socket.results[0]] == ["Gemini", "Apollo"]
    assert not ada.socket.closed


def test_what_is_above_the_limit_of_a_document_is_refused_by_name_and_the_connection_stays(
    live: Live, ada: Ada
) -> None:
    ada.send(save(ada, 2, of(1200 * KB)))
    response, _ = ada.socket.told()
    assert (response["success"], ada.socket.closed) == (False, False)
    assert "too large" in response["result"] or "1 MiB" in response["result"], response["result"]


def test_parts_are_stored_within_the_limits_of_rows_and_of_queues(live: Live, engine: Counting, ada: Ada) -> None:
    ada.send(save(ada, 2, of(900 * KB)))
    assert max(len(record["body"]) for record in live.mailbox.waiting) < QUEUE_BYTES
    live.step()
    assert len(rows(live, ada, "held/")) == 10
    assert 20 * KB < engine.largest < ITEM_BYTES / 8
    assert ada.socket.told()[0]["success"]
    assert rows(live, ada, "held/") == []


def test_an_actor_in_another_process_goes_on_with_what_has_arrived(live: Live, ada: Ada) -> None:
    content = of(200 * KB)
    ada.send(save(ada, 2, content))
    while live.mailbox.waiting:
        live.replace(live.mailbox, live.sockets)  # and so forgets what the process remembers
        live.step(3)
    assert ada.socket.receive()[0]["success"]
    assert stored(live, ada) == content


def close(live: Live, client: NumberedSocket) -> None:
    ingress.close_connection({"requestContext": {"connectionId": client.socket.id}}, live.mailbox)
    live.run()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_in_the_middle_of_a_message_leaves_nothing_and_the_message_sent_again_happens_once(
    live: Live, ada: Ada, share: float
) -> None:
    message = save(ada, 2, of(200 * KB))
    parts = ada.transport.parts(message)
    ada.socket.send(*parts[: int(len(parts) * share)])
    assert ada.socket.told() == []
    close(live, ada)
    assert rows(live, ada, "") == []
    again = NumberedSocket(live.socket())
    again.send(*opening(1), message)
    assert [told["type"] for told in again.socket.told()] == ["MutationResponse", "Transition"]
    assert stored(live, ada) == of(200 * KB)


def test_a_cut_after_the_last_part_leaves_one_effect_and_one_answer(live: Live, ada: Ada) -> None:
    message = save(ada, 2, of(200 * KB))
    ada.send(message)
    live.run()
    close(live, ada)
    saved, _ = ada.socket.receive()
    again = NumberedSocket(live.socket())
    again.send(*opening(1), message)
    repeated, _ = again.socket.told()
    assert repeated == saved


def test_what_is_sent_again_on_opening_is_answered_before_the_first_transition_without_waiting(
    live: Live, ada: Ada
) -> None:
    close(live, ada)
    began_ms = live.store.clock.now_ms()
    again = NumberedSocket(live.socket())
    again.send(*opening(1), mutation(1, "projects:create", name="Apollo"), save(ada, 2, of(100 * KB)))
    told = [message["type"] for message in again.socket.told()]
    assert told == ["MutationResponse", "MutationResponse", "Transition"]
    assert live.store.clock.now_ms() - began_ms < 50


def test_an_anonymous_client_is_answered_without_waiting_for_what_it_would_have_sent(live: Live) -> None:
    client, began_ms = NumberedSocket(live.socket()), live.store.clock.now_ms()
    client.send(connect(), modify(0, add(0, "projects:get")))
    assert [message["type"] for message in client.socket.told()] == ["Transition"]
    assert live.store.clock.now_ms() - began_ms < 50


@pytest.mark.parametrize("seed", range(40))
def test_mutations_happen_once_and_in_order_however_their_frames_arrive(live: Live, seed: int) -> None:
    chance = random.Random(seed)
    client = NumberedSocket(live.socket())
    names = [f"project {number} {'x' * chance.randint(1, 80)}" for number in range(6)]
    frames = client.transport.parts(*opening(), size=chance.randint(60, 400))
    for number, name in enumerate(names):
        frames += client.transport.parts(mutation(number, "projects:create", name=name), size=chance.randint(60, 400))
    frames += chance.choices(frames, k=5)
    chance.shuffle(frames)
    for frame in frames:
        client.socket.send(frame)
        if chance.random() < 0.3 and live.mailbox.waiting:
            live.step(chance.randint(1, 10))
    told = client.socket.told()
    answered = [message["requestId"] for message in told if message["type"] == "MutationResponse"]
    assert answered == list(range(6)), f"seed {seed}"
    assert [project["name"] for project in client.socket.results[0]] == names[::-1], f"seed {seed}"


def test_a_client_is_told_of_the_first_of_many_mutations_before_the_last_is_run(live: Live, ada: Ada) -> None:
    for turn in range(10):
        ada.send(*(mutation(2 + 10 * turn + n, "projects:create", name="Many") for n in range(10)))
    live.step()
    told = [message["type"] for message in ada.socket.receive()]
    assert told == ["MutationResponse"] * 20 + ["Transition"]
    told = [message["type"] for message in ada.socket.told()]
    assert (told.count("MutationResponse"), told.count("Transition")) == (80, 4)


def test_a_frame_that_never_comes_ends_the_connection_and_only_this_one(live: Live, ada: Ada) -> None:
    other = NumberedSocket(live.socket())
    other.send(*opening(session="other"))
    _, *rest = ada.transport.parts(save(ada, 2, of(60 * KB)))
    ada.socket.send(*rest)
    live.run()
    assert (ada.socket.closed, other.socket.closed) == (True, False)
    assert rows(live, ada, "") == []


def test_a_message_whose_end_does_not_come_ends_the_connection_with_the_next_event(live: Live, ada: Ada) -> None:
    ada.socket.send(*ada.transport.parts(save(ada, 2, of(60 * KB)))[:2])
    live.run()
    assert not live.mailbox.waiting, "no timer runs"
    live.store.clock.sleep(COMPLETE_MS / 1000)
    ada.socket.send(*ada.transport.parts(mutation(3, "projects:create", name="Late")))
    live.run()
    assert ada.socket.closed


def test_a_client_that_speaks_to_nobody_is_told_so(live: Live, ada: Ada) -> None:
    close(live, ada)  # and the socket stays open, as when the call that ends it is lost
    live.sockets.closed.clear()
    ada.send(mutation(2, "projects:create", name="Gemini"))
    live.run()
    assert ada.socket.closed


def test_clients_without_numbers_are_served_beside(live: Live, ada: Ada) -> None:
    stock = live.socket()
    stock.send(*opening(session="stock"))
    ada.send(mutation(2, "projects:create", name="Gemini"))
    stock.told()
    assert [project["name"] for project in stock.results[0]] == ["Gemini", "Apollo"]
    stock.send(mutation(0, "projects:create", name="Mercury"))
    live.run()
    ada.socket.receive()
    assert [project["name"] for project in ada.socket.results[0]] == ["Mercury", "Gemini", "Apollo"]


def test_a_client_that_mixes_frames_with_numbers_and_without_is_closed(live: Live, ada: Ada) -> None:
    ada.socket.send(mutation(2, "projects:create", name="Gemini"))
    live.run()
    assert ada.socket.closed
