"""The order in which a connection's frames take effect, however they arrive (design: order of frames).

Connect < Authenticate < ModifyQuerySet < requests. Each names what it follows: a base version, or the request before
it. What comes early is held; what is missing for too long, and a request that was overtaken, ends the connection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from shared.sync.protocol import Authenticate, Connect, Message, ModifyQuerySet, Request, Telemetry

Family = Literal["js", "other"]

PATIENCE_MS: Final = 5000.0
"""How long a frame that must come is waited for."""
BURST_MS: Final = 300.0
"""How long frames that may or may not come are waited for: a reconnect's first requests, a first Authenticate."""
MAX_HELD: Final = 1000


class Frame(NamedTuple):
    """A client's message as it arrived.

    Attributes:
        name: unique within the connection.
        message: what it says.
        arrived_ms: when it was taken in, in ms since the epoch.
        text: what the client sent.
    """

    name: str
    message: Message
    arrived_ms: float
    text: str = ""


@dataclass(frozen=True)
class Progress:
    """Which frames of a connection have taken effect.

    Attributes:
        family: `js` clients always send a first ModifyQuerySet before any request; others may not.
        connected_ms: when Connect did, or None.
        query_set: version of the query set.
        identity: version of the identity.
        next_request: the number of the next request, or None: any may be first, after a reconnect.
        gaps: whether numbers may be missing among the requests that came with the opening.
        next_part: the number of the next frame, from clients whose frames have numbers.
    """

    family: Family = "js"
    connected_ms: float | None = None
    query_set: int = 0
    identity: int = 0
    next_request: int | None = 0
    gaps: bool = False
    next_part: int = 0


@dataclass(frozen=True)
class Order:
    """What to do now.

    Attributes:
        ready: frames that take effect, in order.
        held: frames that wait.
        progress: once the ready frames have taken effect.
        due_ms: when a held frame has waited long enough, or None.
        overdue: what was missing for too long, or empty.
    """

    ready: tuple[Frame, ...]
    held: tuple[Frame, ...]
    progress: Progress
    due_ms: float | None = None
    overdue: str = ""


@dataclass
class _Wait(Exception):
    """A frame waits for what is `missing`, until `due_ms` at most; nothing is: then it may go."""

    due_ms: float
    missing: str = ""


def order(progress: Progress, frames: Iterable[Frame], now_ms: float) -> Order:
    """Put the frames that have arrived and not yet taken effect into order."""
    waiting = sorted(frames, key=_place)
    gathers = progress.next_request is None
    ready: list[Frame] = []
    held: list[Frame] = []
    waits: list[_Wait] = []
    for frame in waiting:
        if isinstance(frame.message, Telemetry):
            continue
        try:
            following = _following(progress, frame, now_ms, gathers=gathers)
        except _Wait as wait:
            waits.append(wait)
            held.append(frame)
            continue
        if following is not None:
            progress = following
            ready.append(frame)
    overdue = [wait.missing for wait in waits if wait.missing and wait.due_ms <= now_ms]
    if len(held) > MAX_HELD:
        overdue.append(f"room: more than {MAX_HELD} frames wait")
    due_ms = min((wait.due_ms for wait in waits), default=None)
    return Order(tuple(ready), tuple(held), progress, due_ms, overdue[0] if overdue else "")


def _place(frame: Frame) -> tuple[int, int, float]:
    """Return where a frame stands in the order in which clients send."""
    match frame.message:
        case Connect():
            return 0, 0, frame.arrived_ms
        case Authenticate(base=base):
            return 1, base, frame.arrived_ms
        case ModifyQuerySet(base=base):
            return 2, base, frame.arrived_ms
        case Request(number=number):
            return 3, number, frame.arrived_ms
    return 4, 0, frame.arrived_ms


def _following(progress: Progress, frame: Frame, now_ms: float, *, gathers: bool) -> Progress | None:
    """Return the progress once `frame` has taken effect, or None: it is dropped. Raises `_Wait`.

    `gathers`: requests that a reconnected client has sent again are gathered first, as any may be the first of them.
    """
    match frame.message:
        case Connect() as connect:
            if progress.connected_ms is None:
                next_request = None if connect.resumes else 0
                return replace(
                    progress, connected_ms=now_ms, next_request=next_request, gaps=connect.connection_count > 0
                )
        case _ if progress.connected_ms is None:
            raise _Wait(frame.arrived_ms + PATIENCE_MS, "a Connect")
        case Authenticate(base=base):
            if _is_next(frame, base, progress.identity, "Authenticate"):
                return replace(progress, identity=base + 1)
        case ModifyQuerySet(base=base, new=new):
            if _is_next(frame, base, progress.query_set, "ModifyQuerySet"):
                _let_the_opening_arrive(progress, now_ms, gathers=base == 0 and progress.next_request is None)
                return replace(progress, query_set=new)
        case Request(number=number):
            _check_request(progress, frame, number, now_ms, gathers=gathers)
            _let_the_opening_arrive(progress, now_ms, gathers=gathers)
            return replace(progress, next_request=number + 1)
    return None


def _is_next(frame: Frame, base: int, version: int, what: str) -> bool:
    """Tell whether a change from version `base` is due; False: it took effect before. Raises `_Wait`."""
    if base > version:
        raise _Wait(frame.arrived_ms + PATIENCE_MS, f"the {what} from version {version}")
    return base == version


def _check_request(progress: Progress, frame: Frame, number: int, now_ms: float, *, gathers: bool) -> None:
    """Raise `_Wait` unless a request follows those before it."""
    if progress.next_request is not None and number < progress.next_request:
        # Queues drop repeated messages, so it was overtaken; answered now, it would be out of order.
        raise _Wait(frame.arrived_ms, f"order: the request {number} comes after later ones")
    if progress.family == "js" and progress.query_set == 0:
        raise _Wait(frame.arrived_ms + PATIENCE_MS, "the first ModifyQuerySet")
    if not gathers and number != progress.next_request:
        if not may_be_sent_again(progress, frame):
            raise _Wait(frame.arrived_ms + PATIENCE_MS, f"the request {progress.next_request}")
        if now_ms < _opening_ends_ms(progress):
            raise _Wait(_opening_ends_ms(progress))


def may_be_sent_again(progress: Progress, frame: Frame) -> bool:
    """Tell whether a request, and those before it, may have been sent on an earlier connection."""
    is_first = not progress.next_request
    return progress.gaps and (is_first or frame.arrived_ms <= _opening_ends_ms(progress))


def _opening_ends_ms(progress: Progress) -> float:
    """Return until when frames that a client sends on opening may arrive."""
    return (progress.connected_ms or 0.0) + BURST_MS


def _let_the_opening_arrive(progress: Progress, now_ms: float, *, gathers: bool) -> None:
    """Raise `_Wait` while frames that a client sends on opening may have been overtaken by those that it sent later.

    Who seems anonymous may be about to authenticate. Who connects again sends what is not confirmed, and its answers
    have to come before the first Transition.
    """
    if (progress.identity == 0 or gathers) and now_ms < _opening_ends_ms(progress):
        raise _Wait(_opening_ends_ms(progress))
