"""That slots are put off until they begin, however late the clock strikes."""

from __future__ import annotations

import pytest

from shared.sync.slots import LATE_S, SLOT_S, Part, put_off
from tests.support.memory_delays import MemoryDelays

MINUTE_S = 1_795_000_020
STRUCK = "2026-11-18T11:07:00Z"


def parts(now_s: float, of: int = 1, struck: str = STRUCK) -> list[tuple[Part, float]]:
    """Return what is put off, and when it is due."""
    delays = MemoryDelays()
    put_off(struck, now_s, of, delays)
    return [(Part.read(message.body), now_s + message.delay_s) for message in delays.waiting]


@pytest.mark.parametrize("late_s", [0, 0.3, 7, 31.9, 59.99])
def test_the_slots_of_the_next_minute_are_due_when_they_begin_however_late_the_clock_strikes(late_s: float) -> None:
    found = parts(MINUTE_S + late_s)
    assert [part.slot * SLOT_S for part, _ in found] == [MINUTE_S + seconds for seconds in (60, 80, 100)]
    assert all(0 <= due_s - part.slot * SLOT_S < 1 for part, due_s in found)


def test_every_slot_is_put_off_once_whatever_the_delays_of_the_clock() -> None:
    slots = []
    for minute in range(10):
        struck_s = MINUTE_S + 60 * minute
        slots += [
            part.slot for part, _ in parts(struck_s + minute * 6.1, struck=f"2026-11-18T11:{7 + minute:02}:00Z")
        ]
    assert slots == [*range(MINUTE_S // SLOT_S + 3, MINUTE_S // SLOT_S + 33)]


def test_a_clock_that_strikes_between_minutes_means_the_minute_it_strikes_in() -> None:
    assert parts(MINUTE_S, struck="2026-11-18T11:07:41Z") == parts(MINUTE_S)


def test_a_slot_that_has_begun_is_due_at_once() -> None:
    assert [due_s - (MINUTE_S + 90) for _, due_s in parts(MINUTE_S + 90)] == [0, 0, 10]


def test_each_part_of_a_slot_is_a_message_of_its_own() -> None:
    found = [part for part, _ in parts(MINUTE_S, of=3)]
    assert len({*found}) == 9
    assert {(part.segment, part.of) for part in found} == {(0, 3), (1, 3), (2, 3)}


def test_a_part_is_late_when_the_next_slot_will_come_soon_enough() -> None:
    part = Part(MINUTE_S // SLOT_S, 0, 1)
    assert not part.is_late(MINUTE_S + LATE_S)
    assert part.is_late(MINUTE_S + LATE_S + 0.1)
