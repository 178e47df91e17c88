"""What a process remembers of the connections that it has released, and what that saves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.sync.connections import Connections, Refusal
from shared.sync.memory import Memory
from shared.sync.ordering import Progress
from shared.sync.recent import Recent
from shared.sync.state import Connection
from tests.support.counting_engine import Cost, CountingEngine
from tests.support.stores import make_store
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, mutation, told_over_http

SETTLED_S = 600
"""Longer than readers look back for recent changes."""


def watching(live: Live, user: str = "ada") -> Socket:
    socket = live.socket()
    socket.send(connect(session=socket.id), authenticate(user), modify(0, add(0, "projects:get")))
    socket.told()
    return socket


def another_process(live: Live) -> None:
    """Let the next batches be handled by a process that has seen none before."""
    live.environment = replace(live.environment)


def cost_of_a_push(*, remembered: bool) -> Cost:
    """Return what it costs to push one change of a list of projects to a client."""
    engine = CountingEngine()
    live = Live(engine)
    socket = watching(live)
    caller = told_over_http(live, "ada")
    caller.call("projects:create", name="Apollo")
    socket.told()
    live.store.clock.sleep(SETTLED_S)
    caller.call("projects:create", name="Gemini")
    if not remembered:
        another_process(live)
    engine.reset()
    assert len(socket.told()) == 1
    return engine.cost


def test_a_pushed_row_takes_seven_calls_where_the_connection_is_remembered() -> None:
    """Claim; changes and index; the row's topic; the changed documents; the query's row; release."""
    cost = cost_of_a_push(remembered=True)
    assert (cost.calls, cost.depth, cost.read_units, cost.write_units) == (7, 6, 3.5, 4)


def test_it_takes_one_more_where_another_process_had_the_connection() -> None:
    cost = cost_of_a_push(remembered=False)
    assert (cost.calls, cost.depth, cost.read_units, cost.write_units) == (8, 7, 4.5, 4)


def test_a_connection_that_another_process_has_handled_since_is_read_again() -> None:
    live = Live()
    socket = watching(live)
    here = live.environment
    another_process(live)
    socket.send(modify(1, add(1, "projects:getPartial", limit=1)))
    socket.told()
    live.environment = here
    socket.send(mutation(0, "projects:create", name="Apollo"))
    socket.told()
    assert [[project["name"] for project in socket.results[number]] for number in (0, 1)] == [["Apollo"]] * 2
    assert not socket.closed


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def connections(memory: Memory) -> Connections:
    return Connections(make_store(), memory)


def claimed(connections: Connections, sequence: str) -> Connection:
    connection = connections.claim("c", sequence, 0.0)
    assert isinstance(connection, Connection)
    return connection


def test_a_remembered_connection_is_what_its_rows_say(memory: Memory, connections: Connections) -> None:
    connections.open("c", "js")
    for sequence in ("1", "2"):
        connection = claimed(connections, sequence)
        before = replace(connection, queries={})
        connection.progress = Progress("js", 5.0, next_request=int(sequence))
        connections.release(connection, before, sequence)
    remembered = claimed(connections, "3")
    connections.release(remembered, remembered, "3")
    memory.recall("c")
    read = claimed(connections, "4")
    assert replace(read, last_sequence="", gen=0) == replace(remembered, last_sequence="", gen=0)
    assert read.gen == remembered.gen + 1


@pytest.mark.parametrize("remembered", [True, False])
def test_refusals_are_the_same_whether_a_connection_is_remembered_or_not(
    memory: Memory, connections: Connections, *, remembered: bool
) -> None:
    connections.open("c", "js")
    connection = claimed(connections, "5")
    connections.release(connection, connection, "5")

    def refusal(sequence: str) -> Connection | Refusal:
        memory.released(connection)
        if not remembered:
            memory.recall("c")
        return connections.claim("c", sequence, 0.0)

    assert refusal("5") is Refusal.SEEN
    assert isinstance(refusal("6"), Connection)
    assert refusal("7") is Refusal.CRASHED
    connections.remove(connection)
    assert refusal("8") is Refusal.GONE


def test_what_was_put_first_goes_when_there_is_no_more_room() -> None:
    recent = Recent[str, str](10)
    recent.put("a", "A", 4)
    recent.put("b", "B", 4)
    recent.put("a", "A again", 4)
    recent.put("c", "C", 4)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == ("A again", None, "C")
    recent.put("c", "too much", 11)
    assert (len(recent), recent.get("a"), recent.get("c")) == (1, "A again", None)
