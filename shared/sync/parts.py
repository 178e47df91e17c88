"""Frames that have numbers, from clients with the transport of `client/`: their order, and what they carry together.

Such a client sends its messages as texts: a JSON array of those that it sent at once. A text goes out as one or more
frames of 24 KB at most, each with a part of it, and frames are numbered from 0 on in each connection. So their order
is known, and nothing is waited for that may not come. See docs/adr/0011-frames-with-numbers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from shared.sync.ordering import MAX_HELD, PATIENCE_MS, Frame, Order, Progress, order
from shared.sync.protocol import (
    Authenticate,
    BadMessage,
    Connect,
    Message,
    ModifyQuerySet,
    Part,
    Request,
    Telemetry,
    load,
    message_of,
)
from shared.sync.state import Connection

MAX_TEXT_BYTES: Final = 4 * 1024 * 1024
"""Of messages that are sent at once: a document of 1 MiB, every character of it escaped, and as much again."""
MAX_PARTS: Final = 512
MAX_HELD_BYTES: Final = 2 * MAX_TEXT_BYTES
"""Of all that a connection holds: an incomplete text, and what has overtaken a part of it."""
AT_ONCE: Final = 20
"""Messages after which the next text waits for the next batch, so that the client is told of these first."""
COMPLETE_MS: Final = 120_000.0
"""How long a text may take from its first part to its last."""


def take_in(connection: Connection, frames: Sequence[Frame], now_ms: float) -> Order:
    """Put frames that have not yet taken effect into order: by their numbers, or by what they say if they have none.

    Raises:
        BadMessage: no client sends them like this.
    """
    numbered = {isinstance(frame.message, Part) for frame in frames}
    if connection.progress.next_part and frames:
        numbered.add(True)
    if len(numbered) > 1:
        raise BadMessage("some of its frames have numbers, and some have none")
    return _by_number(connection, frames, now_ms) if True in numbered else order(connection.progress, frames, now_ms)


class _Arrived(NamedTuple):
    part: Part
    frame: Frame


def _by_number(connection: Connection, frames: Sequence[Frame], now_ms: float) -> Order:
    progress = connection.progress
    waiting = _waiting(frames, progress.next_part)
    ready: list[Frame] = []
    while (whole := _whole(waiting, progress.next_part)) and len(ready) < AT_ONCE:
        for place, message in enumerate(_messages(whole)):
            if place:
                connection.arrived(now_ms)
            progress = _following(progress, message, now_ms)
            if not isinstance(message, Telemetry):
                ready.append(Frame(f"{whole[-1].frame.name}/{place}", message, now_ms))
        progress = replace(progress, next_part=progress.next_part + len(whole))
        waiting = waiting[len(whole) :]
    _check_room([arrived.part for arrived in waiting])
    due_ms, overdue = (now_ms, "") if whole else _missing(waiting, progress.next_part, now_ms)
    return Order(tuple(ready), tuple(arrived.frame for arrived in waiting), progress, due_ms, overdue)


def _waiting(frames: Sequence[Frame], start: int) -> list[_Arrived]:
    """Return the frames from the number `start` on in their order, each once."""
    found: dict[int, _Arrived] = {}
    for frame in frames:
        match frame.message:
            case Part(number=number) as part if number >= start:
                found.setdefault(number, _Arrived(part, frame))
    return [found[number] for number in sorted(found)]


def _whole(waiting: Sequence[_Arrived], start: int) -> Sequence[_Arrived]:
    """Return the frames of the text that begins with the frame `start`, or none: not all of them are there."""
    if not waiting or waiting[0].part.number != start:
        return []
    last = start + waiting[0].part.left
    found = [arrived for arrived in waiting[: last - start + 1] if arrived.part.number <= last]
    if any(arrived.part.number + arrived.part.left != last for arrived in found):
        raise BadMessage("the parts of a text do not agree on how many they are")
    return found if len(found) == last - start + 1 else []


def _messages(whole: Sequence[_Arrived]) -> Iterator[Message]:
    text = "".join(arrived.part.text for arrived in whole)
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise BadMessage(f"messages that were sent at once have more than {MAX_TEXT_BYTES} bytes")
    told = load(text)
    if not isinstance(told, list):
        raise BadMessage("a numbered text is no array of messages")
    return map(message_of, told)


def _check_room(held: Sequence[Part]) -> None:
    if any(part.left >= MAX_PARTS for part in held):
        raise BadMessage(f"a text has more than {MAX_PARTS} parts")
    if len(held) > MAX_HELD:
        raise BadMessage(f"more than {MAX_HELD} parts wait for others")
    size_bytes = sum(len(part.text.encode()) for part in held)
    if size_bytes > MAX_HELD_BYTES:
        raise BadMessage(f"parts of {size_bytes} bytes wait for others; {MAX_HELD_BYTES} may")


def _missing(held: Sequence[_Arrived], start: int, now_ms: float) -> tuple[float | None, str]:
    """Return until when a frame is waited for that was overtaken, if one was, and what is overdue, if anything is."""
    for place, arrived in enumerate(held):
        if arrived.part.number != start + place:
            due_ms = min(later.frame.arrived_ms for later in held[place:]) + PATIENCE_MS
            return due_ms, f"the frame {start + place}" if due_ms <= now_ms else ""
    if held and held[0].frame.arrived_ms + COMPLETE_MS <= now_ms:
        return None, f"the rest of a text, whose last part so far is the frame {start + len(held) - 1}"
    return None, ""


def _following(progress: Progress, message: Message, now_ms: float) -> Progress:
    """Return the progress once a message has taken effect, which is the next one that its client has sent."""
    match message:
        case Connect() as connect if progress.connected_ms is None:
            again = connect.connection_count > 0
            return replace(progress, connected_ms=now_ms, next_request=None if connect.resumes else 0, gaps=again)
        case _ if progress.connected_ms is None:
            raise BadMessage("it sends something before it connects")
        case Authenticate(base=base) if base == progress.identity:
            return replace(progress, identity=base + 1)
        case ModifyQuerySet(base=base, new=new) if base == progress.query_set:
            return replace(progress, query_set=new)
        case Request(number=number) if number >= (progress.next_request or 0):
            return replace(progress, next_request=number + 1)
        case Telemetry():
            return progress
    raise BadMessage(f"a numbered {type(message).__name__} does not follow what came before it")
