"""What frames with numbers carry, and in which order it takes effect."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest

from shared.sync.ordering import MAX_HELD, PATIENCE_MS, Frame, Order, Progress
from shared.sync.parts import COMPLETE_MS, MAX_HELD_BYTES, MAX_PARTS, MAX_TEXT_BYTES, take_in
from shared.sync.protocol import Authenticate, BadMessage, Connect, ModifyQuerySet, Request, parse
from shared.sync.state import MAX_FRAMES, Connection
from tests.sync.live import Message, add, authenticate, connect, modify, mutation
from tests.sync.transport import Transport

START_MS = 1e12
EVENT: Message = {"type": "Event", "eventType": "x", "event": {}}


def frames(*messages: Message, at_ms: float = START_MS) -> list[Frame]:
    texts = [json.dumps(message) for message in messages]
    return [Frame(f"at {at_ms}, {place}", parse(text), at_ms, text) for place, text in enumerate(texts)]


def fresh() -> Connection:
    return Connection("socket", 0, "")


def settled() -> Connection:
    """A connection that has been opened by the frame 0."""
    return Connection("socket", 0, "", progress=Progress("js", START_MS, 1, 1, 4, next_part=1))


def take(connection: Connection, *messages: Message, now_ms: float = START_MS) -> Order:
    """Take frames in, besides those that are held."""
    ordered = take_in(connection, [*connection.held, *frames(*messages, at_ms=now_ms)], now_ms)
    connection.held, connection.progress = ordered.held, ordered.progress
    return ordered


def requests(ordered: Order) -> list[int]:
    return [frame.message.number for frame in ordered.ready if isinstance(frame.message, Request)]


def opened() -> Transport:
    """A transport that has sent its first frame."""
    transport = Transport()
    transport.parts(connect())
    return transport


def test_messages_that_are_sent_at_once_take_effect_at_once_and_in_order() -> None:
    connection = fresh()
    (frame,) = Transport().parts(
        connect(), authenticate("ada"), EVENT, modify(0, add(0, "projects:get")), mutation(0, "x:y")
    )
    ordered = take(connection, frame)
    assert [type(one.message) for one in ordered.ready] == [Connect, Authenticate, ModifyQuerySet, Request]
    assert len({one.name for one in ordered.ready}) == 4
    assert (ordered.held, ordered.due_ms, ordered.overdue) == ((), None, "")
    assert ordered.progress == Progress("js", START_MS, query_set=1, identity=1, next_request=1, next_part=1)


def test_nothing_is_waited_for_on_opening_since_nothing_can_be_on_its_way() -> None:
    for opening in (
        [connect(), modify(0)],
        [connect(1, maxObservedTimestamp="ZgAAAAAAAAA="), modify(0), mutation(7, "x:y")],
    ):
        ordered = take(fresh(), *Transport().parts(*opening))
        assert len(ordered.ready) == len(opening)
        assert ordered.due_ms is None


def test_requests_need_no_numbers_without_gaps() -> None:
    transport, connection = opened(), settled()
    assert requests(take(connection, *transport.parts(mutation(4, "x:y"), mutation(9, "x:y")))) == [4, 9]


def test_a_text_takes_effect_once_all_of_its_parts_are_there_and_its_parts_are_waited_for_without_a_timer() -> None:
    transport, connection = opened(), settled()
    parts = transport.parts(mutation(4, "files:updateFile", content='é漢😀\\"\n' * 100), size=50)
    for part in parts[:-1]:
        ordered = take(connection, part)
        assert (ordered.ready, ordered.due_ms, ordered.overdue) == ((), None, "")
    ordered = take(connection, parts[-1])
    (frame,) = ordered.ready
    assert isinstance(frame.message, Request)
    assert json.loads(frame.message.args) == [{"content": 'é漢😀\\"\n' * 100}]
    assert (ordered.held, ordered.progress.next_part) == ((), 1 + len(parts))


@pytest.mark.parametrize("seed", range(300))
def test_frames_take_effect_in_their_order_and_once_however_they_arrive(seed: int) -> None:
    chance = random.Random(seed)
    transport, connection = Transport(), fresh()
    sent = transport.parts(connect(), authenticate("ada"), modify(0), size=chance.randint(20, 500))
    wanted = []
    for number in range(chance.randint(1, 12)):
        wanted.append(number * 3)
        sent += transport.parts(
            mutation(number * 3, "x:y", text="z" * chance.randint(0, 300)), size=chance.randint(20, 500)
        )
    arriving = [*sent, *chance.choices(sent, k=chance.randint(0, 10))]
    chance.shuffle(arriving)
    done, now_ms = [], START_MS
    while arriving:
        count = chance.randint(1, 10)
        ordered = take(connection, *arriving[:count], now_ms=now_ms)
        arriving, now_ms = arriving[count:], now_ms + 1
        assert ordered.overdue == "", f"seed {seed}"
        done += requests(ordered)
    assert (done, connection.held) == (wanted, ()), f"seed {seed}"
    assert connection.progress.next_part == len(sent)


def test_of_many_texts_some_are_taken_and_the_others_at_once_afterwards() -> None:
    transport, connection = opened(), settled()
    texts = [transport.parts(*(mutation(4 + 8 * n + i, "x:y") for i in range(8))) for n in range(6)]
    first = take(connection, *(part for parts in texts for part in parts))
    assert requests(first) == [*range(4, 28)]
    assert (len(first.held), first.due_ms, first.overdue) == (3, START_MS, "")
    last = take(connection, now_ms=START_MS + COMPLETE_MS)
    assert requests(last) == [*range(28, 52)]
    assert (last.held, last.due_ms, last.overdue) == ((), None, "")


def test_a_text_is_taken_whole_however_many_messages_it_has() -> None:
    transport, connection = opened(), settled()
    parts = transport.parts(*(mutation(number, "x:y") for number in range(4, 90)))
    assert requests(take(connection, *parts)) == [*range(4, 90)]


def test_a_frame_that_was_overtaken_is_waited_for_as_long_as_others_and_not_longer() -> None:
    transport, connection = opened(), settled()
    transport.parts(mutation(4, "x:y"))
    late = transport.parts(mutation(5, "x:y"))
    assert take(connection, *late).due_ms == START_MS + PATIENCE_MS
    assert take(connection, now_ms=START_MS + PATIENCE_MS - 1).overdue == ""
    assert take(connection, now_ms=START_MS + PATIENCE_MS).overdue == "the frame 1"


def test_a_gap_is_counted_from_what_first_overtook_it() -> None:
    transport, connection = opened(), settled()
    first, missing, *later = transport.parts(mutation(4, "x:y", text="z" * 300), size=100)
    take(connection, first)
    for place, part in enumerate(later):
        assert take(connection, part, now_ms=START_MS + 1000 * (1 + place)).due_ms == START_MS + 1000 + PATIENCE_MS
    assert requests(take(connection, missing, now_ms=START_MS + 3000)) == [4]


def test_a_text_of_a_slow_client_may_take_two_minutes() -> None:
    transport, connection = opened(), settled()
    first, second, _ = transport.parts(mutation(4, "x:y", text="z" * 200), size=100)
    take(connection, first)
    assert take(connection, second, now_ms=START_MS + COMPLETE_MS - 1).overdue == ""
    assert (
        take(connection, now_ms=START_MS + COMPLETE_MS).overdue
        == "the rest of a text, whose last part so far is the frame 2"
    )


def test_a_frame_that_comes_again_is_dropped() -> None:
    transport, connection = opened(), settled()
    (again,) = transport.parts(mutation(4, "x:y"))
    assert requests(take(connection, again, again)) == [4]
    assert take(connection, again) == Order((), (), connection.progress)


def refused(connection: Connection, *messages: Message) -> str:
    with pytest.raises(BadMessage) as raised:
        take(connection, *messages)
    return str(raised.value)


def part(number: int, left: int, text: str = "") -> Message:
    return {"type": "Part", "number": number, "left": left, "text": text}


def test_a_client_whose_frames_have_numbers_sends_none_without() -> None:
    mixed = "some of its frames have numbers, and some have none"
    assert refused(settled(), mutation(4, "x:y")) == mixed
    assert refused(fresh(), part(0, 0, "[]"), connect()) == mixed
    connection = settled()
    take(connection, part(2, 0, "[]"))
    assert refused(connection, connect()) == mixed


def test_a_client_that_sends_frames_without_numbers_is_served_as_before() -> None:
    ordered = take(fresh(), mutation(0, "x:y"), connect())
    assert (len(ordered.ready), len(ordered.held), ordered.progress.next_part) == (1, 1, 0)
    assert ordered.due_ms is not None, "it may be about to subscribe"


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([part(1, 0, "[1]")], "a frame is no object"),
        ([part(1, 0, "{}")], "a numbered text is no array of messages"),
        ([part(1, 0, "[")], "a frame is not JSON"),
        ([part(1, 0, json.dumps([part(2, 0)]))], "a numbered Part does not follow what came before it"),
        ([part(1, 2), part(2, 2)], "the parts of a text do not agree on how many they are"),
        ([part(1, 2), part(3, 1)], "the parts of a text do not agree on how many they are"),
        ([part(1, MAX_PARTS)], f"a text has more than {MAX_PARTS} parts"),
        ([part(3 + n, 0) for n in range(MAX_HELD + 1)], f"more than {MAX_HELD} parts wait for others"),
    ],
)
def test_what_no_transport_sends_is_refused(messages: list[Message], why: str) -> None:
    assert refused(settled(), *messages) == why


@pytest.mark.parametrize("message", [connect(), authenticate("ada", 0), modify(2), mutation(3, "x:y")])
def test_a_message_that_does_not_follow_what_came_before_it_is_refused(message: Message) -> None:
    told = refused(settled(), part(1, 0, json.dumps([message])))
    assert re.fullmatch(r"a numbered \w+ does not follow what came before it", told)


@pytest.mark.parametrize("message", [modify(0), mutation(0, "x:y"), EVENT])
def test_nothing_comes_before_connect(message: Message) -> None:
    assert refused(fresh(), *Transport().parts(message)) == "it sends something before it connects"


@pytest.mark.parametrize(
    "bad", [{"number": -1}, {"number": "0"}, {"left": None}, {"left": 0.5}, {"text": 7}, {"text": "\ud800"}]
)
def test_a_part_without_its_fields_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(BadMessage):
        parse(json.dumps(part(0, 0) | bad))


def wide(bytes_: int) -> list[Message]:
    """Parts of a text of so many bytes, of characters of three bytes, in frames of 32 KB."""
    return opened().text_parts('["' + "漢" * ((bytes_ - 4) // 3) + '"]', 32_000 // 3)


def test_a_text_may_have_4_mb_and_no_more() -> None:
    connection = settled()
    *most, last = wide(MAX_TEXT_BYTES)
    assert take(connection, *most).ready == ()
    assert refused(connection, last) == "a frame is no object", "it was put together"
    connection = settled()
    *most, last = wide(MAX_TEXT_BYTES + 16)
    take(connection, *most)
    assert refused(connection, last) == f"messages that were sent at once have more than {MAX_TEXT_BYTES} bytes"


def test_what_waits_is_bounded_in_bytes() -> None:
    connection = settled()
    size = 32_000
    waiting = [part(2 + number, 0, "x" * size) for number in range(MAX_HELD_BYTES // size + 1)]
    take(connection, *waiting[:-1])
    assert refused(connection, waiting[-1]).endswith(f"wait for others; {MAX_HELD_BYTES} may")


def test_messages_that_are_sent_at_once_count_as_many_as_otherwise() -> None:
    connection = settled()
    text = json.dumps([EVENT] * (MAX_FRAMES + 2))
    assert refused(connection, part(1, 0, text)) == f"more than {MAX_FRAMES} frames came within 10 s"
    connection = replace(settled())
    assert take(connection, part(1, 0, json.dumps([EVENT] * 10))).ready == ()
