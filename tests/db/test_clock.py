"""Commit ids."""

from __future__ import annotations

import random

from shared.db.clock import Clock, first_commit_id, timestamp_of
from tests.support.stores import START_NS, make_clock


def stopped_clock(now_ns: int = START_NS) -> Clock:
    return Clock(lambda: now_ns, lambda _seconds: None, random.Random(1).randbytes)


def test_timestamps_increase_although_time_stands_still() -> None:
    clock = stopped_clock()
    assert [clock.timestamp() for _ in range(3)] == [START_NS, START_NS + 1, START_NS + 2]


def test_a_timestamp_is_greater_than_every_version_read_though_its_clock_was_ahead() -> None:
    clock = stopped_clock()
    assert clock.timestamp(after_ns=START_NS + 10**12) == START_NS + 10**12 + 1


def test_timestamps_stay_ahead_after_a_version_from_the_future() -> None:
    clock = stopped_clock()
    ahead = clock.timestamp(after_ns=START_NS + 10**12)
    assert clock.timestamp() > ahead


def test_timestamps_do_not_go_back_with_the_wall_clock() -> None:
    times = iter([START_NS, START_NS - 10**9])
    clock = Clock(lambda: next(times), lambda _seconds: None, random.Random(1).randbytes)
    assert clock.timestamp() < clock.timestamp()


def test_two_commits_at_one_moment_have_different_ids() -> None:
    clock = make_clock()
    assert clock.commit_id(START_NS) != clock.commit_id(START_NS)


def test_a_commit_id_carries_its_timestamp() -> None:
    assert timestamp_of(make_clock().commit_id(START_NS)) == START_NS


def test_the_empty_id_is_before_everything() -> None:
    assert timestamp_of("") == 0


def test_commit_ids_order_like_their_timestamps() -> None:
    clock = make_clock()
    times = [0, 1, 255, 256, 2**40, START_NS, START_NS + 1, 2**63 - 1]
    ids = [clock.commit_id(time) for time in times]
    assert sorted(ids) == ids
    assert len({len(id_) for id_ in ids}) == 1


def test_the_first_id_of_a_moment_is_above_all_earlier_ones_and_not_above_its_own() -> None:
    clock = make_clock()
    first = first_commit_id(START_NS)
    assert clock.commit_id(START_NS - 1) < first <= clock.commit_id(START_NS)


def test_a_moment_before_the_epoch_is_the_epoch() -> None:
    assert first_commit_id(-5) == first_commit_id(0)


def test_random_numbers_are_below_1() -> None:
    clock = Clock(lambda: 0, lambda _seconds: None, lambda size: b"\xff" * size)
    assert 0.999 < clock.uniform() < 1
