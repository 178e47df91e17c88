"""In which order frames take effect, whatever the order in which they arrive."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from shared.sync.ordering import BURST_MS, PATIENCE_MS, Frame, Order, Progress, order
from shared.sync.protocol import Authenticate, Connect, Message, ModifyQuerySet, Request, Telemetry

START_MS = 1e12
SETTLED = Progress("js", START_MS - 10_000, query_set=1, identity=1, next_request=4)


def frames(*messages: Message, at_ms: float = START_MS) -> list[Frame]:
    return [Frame(f"f{number}", message, at_ms) for number, message in enumerate(messages)]


def connect(count: int = 0, observed_ns: int = 5, *, was_closed: bool = True) -> Connect:
    return Connect("session", count, observed_ns, was_closed)


def sign_in(base: int = 0) -> Authenticate:
    return Authenticate(base, "User", "token")


def modify(base: int) -> ModifyQuerySet:
    return ModifyQuerySet(base, base + 1, ())


def request(number: int) -> Request:
    return Request("Mutation", number, "projects:create", "[{}]")


def ready(ordered: Order) -> list[Message]:
    return [frame.message for frame in ordered.ready]


NOTHING: tuple[Frame, ...] = ()
OPENING: list[Message] = [connect(), sign_in(), modify(0), request(0), request(1)]


def test_an_opening_takes_effect_in_the_clients_order_however_it_arrives() -> None:
    for arrived in itertools.permutations(OPENING):
        ordered = order(Progress(), frames(*arrived), START_MS)
        assert ready(ordered) == OPENING
        assert ordered.held == ()
        assert ordered.progress == Progress("js", START_MS, query_set=1, identity=1, next_request=2)


def test_an_opening_takes_effect_in_the_clients_order_when_frames_come_one_by_one() -> None:
    for arrived in itertools.permutations(OPENING):
        progress, held, done = Progress(), NOTHING, list[Message]()
        for frame in frames(*arrived):
            ordered = order(progress, [*held, frame], START_MS)
            progress, held = ordered.progress, ordered.held
            done += ready(ordered)
        assert done == OPENING
        assert held == ()


@pytest.mark.parametrize("again", [connect(), sign_in(0), modify(0), Telemetry()])
def test_what_has_taken_effect_is_dropped_when_it_comes_again(again: Message) -> None:
    assert order(SETTLED, frames(again), START_MS) == Order((), (), SETTLED)


@pytest.mark.parametrize("early", [sign_in(2), modify(2), request(5)])
def test_a_frame_whose_predecessor_is_missing_is_held_and_then_overdue(early: Message) -> None:
    ordered = order(SETTLED, frames(early), START_MS)
    assert (ready(ordered), len(ordered.held), ordered.due_ms) == ([], 1, START_MS + PATIENCE_MS)
    assert not ordered.overdue
    assert order(SETTLED, ordered.held, START_MS + PATIENCE_MS).overdue


def test_a_missing_frame_lets_go_what_waited_for_it() -> None:
    ordered = order(SETTLED, frames(request(5), request(4)), START_MS)
    assert ready(ordered) == [request(4), request(5)]


def test_without_a_connect_nothing_takes_effect() -> None:
    ordered = order(Progress(), frames(sign_in(), modify(0), request(0)), START_MS)
    assert ready(ordered) == []
    assert order(Progress(), ordered.held, START_MS + PATIENCE_MS).overdue == "a Connect"


def test_requests_of_javascript_wait_for_the_first_query_set() -> None:
    connected = Progress("js", START_MS - 1000, identity=1)
    assert ready(order(connected, frames(request(0)), START_MS)) == []


def test_requests_of_other_clients_do_not() -> None:
    connected = Progress("other", START_MS - 1000, identity=1)
    assert ready(order(connected, frames(request(0)), START_MS)) == [request(0)]


def test_a_client_that_seems_anonymous_is_given_time_to_authenticate() -> None:
    ordered = order(Progress(), frames(connect(), modify(0)), START_MS)
    assert ready(ordered) == [connect()]
    assert ordered.due_ms == START_MS + BURST_MS
    signed_in = order(ordered.progress, [*ordered.held, *frames(sign_in())], START_MS + 1)
    assert ready(signed_in) == [sign_in(), modify(0)]
    anonymous = order(ordered.progress, ordered.held, START_MS + BURST_MS)
    assert ready(anonymous) == [modify(0)]


def test_after_a_reconnect_the_opening_is_gathered_and_its_requests_may_have_gaps() -> None:
    ordered = order(Progress(), frames(connect(1), sign_in(), modify(0), request(9), request(5)), START_MS)
    assert (ready(ordered), ordered.due_ms) == ([connect(1), sign_in()], START_MS + BURST_MS)
    later = [*ordered.held, Frame("late", request(7), START_MS + 100)]
    ordered = order(ordered.progress, later, START_MS + BURST_MS)
    assert ready(ordered) == [modify(0), request(5), request(7), request(9)]
    assert ordered.progress.next_request == 10


def test_a_reconnected_client_with_nothing_to_send_again_waits_for_its_first_request_no_longer() -> None:
    reconnected = Progress("js", START_MS - BURST_MS, query_set=1, identity=1, next_request=None)
    assert ready(order(reconnected, frames(request(9)), START_MS)) == [request(9)]


def test_after_its_first_requests_a_reconnected_client_leaves_no_gaps() -> None:
    assert ready(order(SETTLED, frames(request(5)), START_MS)) == []


REOPENING: list[Message] = [connect(1, 0, was_closed=False), sign_in(), modify(0), request(0), request(1)]
"""What a client sends that authenticates before it has sent anything: it counts the socket that it opened."""


def test_a_client_that_has_sent_nothing_before_is_answered_at_once_in_any_arrival_of_its_opening() -> None:
    for arrived in itertools.permutations(REOPENING):
        progress, held, done = Progress(), NOTHING, list[Message]()
        for frame in frames(*arrived):
            ordered = order(progress, [*held, frame], START_MS)
            progress, held = ordered.progress, ordered.held
            done += ready(ordered)
        assert done == REOPENING
        assert held == ()


def test_gaps_in_what_it_sends_again_are_waited_for_but_not_for_ever() -> None:
    for arrived in itertools.permutations([*REOPENING, request(4), request(7)]):
        progress, held, done = Progress(), NOTHING, list[Message]()
        for frame in frames(*arrived):
            ordered = order(progress, [*held, frame], START_MS)
            progress, held = ordered.progress, ordered.held
            done += ready(ordered)
        assert done == REOPENING
        assert ordered.due_ms == START_MS + BURST_MS
        late = order(progress, [*held, Frame("late", request(2), START_MS + 200)], START_MS + 200)
        assert ready(late) == [request(2)]
        after = order(late.progress, late.held, START_MS + BURST_MS)
        assert ready(after) == [request(4), request(7)]
        assert after.held == ()


def test_after_its_opening_such_a_client_leaves_no_gaps() -> None:
    opened = order(Progress(), frames(*REOPENING), START_MS).progress
    later_ms = START_MS + BURST_MS + 1
    ordered = order(opened, frames(request(4), at_ms=later_ms), later_ms)
    assert (ready(ordered), ordered.due_ms) == ([], later_ms + PATIENCE_MS)
    ordered = order(opened, [*ordered.held, *frames(request(2), request(3), at_ms=later_ms)], later_ms)
    assert ready(ordered) == [request(2), request(3), request(4)]


def test_its_first_request_may_have_any_number_if_the_others_ended_before() -> None:
    opened = order(Progress(), frames(*REOPENING[:3]), START_MS).progress
    later_ms = START_MS + 60_000
    assert ready(order(opened, frames(request(3), at_ms=later_ms), later_ms)) == [request(3)]


def test_a_first_connection_leaves_no_gaps_either() -> None:
    ordered = order(Progress(), frames(*OPENING, request(3)), START_MS)
    assert (ready(ordered), ordered.due_ms) == (OPENING, START_MS + PATIENCE_MS)


def test_an_anonymous_client_that_has_sent_nothing_is_still_given_time_to_authenticate() -> None:
    ordered = order(Progress(), frames(REOPENING[0], modify(0), request(0)), START_MS)
    assert (ready(ordered), ordered.due_ms) == ([REOPENING[0]], START_MS + BURST_MS)


@pytest.mark.parametrize(
    "again", [connect(1, 0), connect(1, 5, was_closed=False), connect(2, 0, was_closed=False), connect(2, 5)]
)
def test_what_may_have_been_executed_before_is_answered_before_the_first_transition(again: Connect) -> None:
    """A client that has seen nothing may have committed nevertheless: its socket closed before it was answered."""
    ordered = order(Progress(), frames(again, sign_in(), modify(0)), START_MS)
    assert (ready(ordered), ordered.due_ms) == ([again, sign_in()], START_MS + BURST_MS)
    late = Frame("late", request(0), START_MS + 200)
    assert ready(order(ordered.progress, [*ordered.held, late], START_MS + BURST_MS)) == [modify(0), request(0)]


def test_a_request_that_later_ones_have_overtaken_ends_the_connection() -> None:
    assert order(SETTLED, frames(request(3)), START_MS).overdue


def test_too_many_held_frames_end_the_connection() -> None:
    assert order(SETTLED, frames(*(request(number) for number in range(5, 1006))), START_MS).overdue


def test_any_arrival_of_a_long_conversation_keeps_the_clients_order() -> None:
    for seed in range(200):
        chance = random.Random(seed)
        told: list[Message] = [connect(), sign_in(), modify(0)]
        next_number: dict[Callable[[int], Message], int] = {modify: 1, request: 0, sign_in: 1}
        for _ in range(20):
            make = chance.choice([*next_number])
            told.append(make(next_number[make]))
            next_number[make] += 1
        arrived = frames(*told)
        arrived.sort(key=lambda frame: int(frame.name[1:]) + chance.uniform(0, 6))
        progress, held, done = Progress(), NOTHING, list[Message]()
        while arrived:
            size = chance.randint(1, 4)
            batch, arrived = arrived[:size], arrived[size:]
            ordered = order(progress, [*held, *batch], START_MS + BURST_MS)
            progress, held = ordered.progress, ordered.held
            done += ready(ordered)
        for kind in (ModifyQuerySet, Request, Authenticate):
            assert [m for m in done if isinstance(m, kind)] == [m for m in told if isinstance(m, kind)], (
                f"seed {seed}"
            )
        assert held == (), f"seed {seed}"
