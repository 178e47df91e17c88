"""That figures are what the logs say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.load.latency import all_pushes, answered, latency, pushed
from tests.load.options import Options, parsed
from tests.load.processes import Cores, processes
from tests.load.records import Operation, Records, Seen
from tests.load.report import replace
from tests.load.running import Load, Period
from tests.load.sampler import Sample
from tests.load.saturation import Call, calls, is_sustained, left, uses, verdict
from tests.load.work import most_on_aws_per_s, work

MINUTE = Period("load", 0, 60_000, per_s=10)
STAMP = "2026-11-26T14:42:36.112+00:00"
LINE = f'{{"message":"call","timestamp":"{STAMP}","function":"session","durationMs":[122.5]}}'


def save(number: int, due: float, ended: float | None) -> Operation:
    return Operation(f"op-0-{number}", "save", 1, "1.0", due, ended, over="socket", target="files-1")


def sample(at: float, busy: float, cloud_s: float) -> Sample:
    cpu_s = {"MiniStack": {1: cloud_s}, "Lambda session": {2: cloud_s / 4, 3: cloud_s / 8}}
    return Sample(at, cpu_s, {}, Cores(busy, 0, at / 500), [1, 2], 3, 4)


def load_of(records: Records, *samples: Sample) -> Load:
    return Load(Options(), records, [MINUTE], list(samples))


def test_percentiles_are_of_all_durations() -> None:
    found = latency("x", range(100, 0, -1))
    assert (found.count, found.p50, found.p95, found.p99, found.most) == (100, 51, 96, 100, 100)


def test_what_is_answered_late_counts_from_when_it_was_due() -> None:
    records = Records([save(1, due=10, ended=20), save(2, due=10, ended=5010)])
    [found] = answered(records, MINUTE)
    assert (found.count, found.most) == (2, 5000)


def test_a_push_is_what_another_tab_is_shown_first_and_had_not_opened_just_then() -> None:
    records = Records([save(1, due=10, ended=20)])
    shown = (("1.0", 15, False), ("1.1", 40, False), ("1.1", 90, False), ("1.2", 99, True))
    records.seen = [Seen(f"{tab}/1", "file", tab, "op-0-1", at, at_once) for tab, at, at_once in shown]
    [found] = pushed(records, MINUTE)
    assert (found.count, found.p50) == (1, 30)
    assert all_pushes(records, MINUTE)


@pytest.mark.parametrize(("waiting", "goes_on"), [(19, True), (20, False)])
def test_a_rate_goes_on_if_no_more_waits_than_comes_in_two_seconds(waiting: int, goes_on: bool) -> None:
    load = load_of(Records([save(number, 59_000, 60_001) for number in range(waiting)]))
    assert left(load, MINUTE) == waiting
    assert is_sustained(load, MINUTE) is goes_on


def test_what_is_used_most_is_full_first() -> None:
    load = load_of(Records(), sample(0, 0, 0), sample(60_000, 60, 57))
    found = uses(load, MINUTE, [Call("session", 30_000, 48_000), Call("gateway", 30_000, 60_000)])
    assert [(use.name, round(use.share, 2)) for use in found] == [
        ("the busiest process of MiniStack", 0.95),
        ("the machine", 0.5),
        ("the busiest process of Lambda session", 0.24),
        ("the actors' mailboxes", 0.1),
    ]
    assert verdict(load, MINUTE, []).startswith(
        "At 10 operations a second the busiest process of MiniStack is full: 95% of one core."
    )


def test_the_cores_of_an_operation_say_how_many_the_machine_would_do_for() -> None:
    done = Records([save(number, 1_000 + number, 2_000) for number in range(60)])
    load = load_of(done, sample(0, 0, 0), sample(60_000, 60, 48))
    told = "All of them together took 1.10 s of a core for each operation, so 2 cores of their own would do for 1.8"
    assert told in verdict(load, MINUTE, [])


def test_work_is_counted_for_each_operation() -> None:
    made = [Call("session", 10, 30), Call("session", 20, 50), Call("receive", 20, 5), Call("session", 70_000, 99)]
    found = work(made, 0, 60_000, operations=4)
    assert [(one.function, one.calls, one.busy_ms) for one in found] == [
        ("session", 0.5, 20),
        ("receive", 0.25, 1.25),
    ]
    assert most_on_aws_per_s(found) == 25_000


def test_the_functions_log_tells_what_ran_how_long(tmp_path: Path) -> None:
    log = tmp_path / "functions.log"
    log.write_text(f"not JSON\n{LINE}\n")
    [call] = calls(log)
    assert (call.function, call.took) == ("session", 122.5)


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="there is no /proc")
def test_processes_are_found_with_their_memory() -> None:
    own = processes()[os.getpid()]
    assert own.parent == os.getppid()
    assert own.memory_bytes > 1_000_000


def test_options_have_a_usual_size_and_may_be_given() -> None:
    given = parsed(["--connections", "50", "--seconds", "20", "--seed", "9", "--rate", "1,2"])
    assert (given.connections, given.seconds, given.seed, given.rates_per_s) == (50, 20, 9, (1, 2))
    assert parsed([]) == Options()


def test_a_report_takes_its_place_in_the_document_and_no_other(tmp_path: Path) -> None:
    document = tmp_path / "load.md"
    document.write_text("before\n<!-- load: written by `make load` -->\nold\n<!-- end of load -->\nafter\n")
    replace(document, "load", "new")
    assert document.read_text() == (
        "before\n<!-- load: written by `make load` -->\nnew\n<!-- end of load -->\nafter\n"
    )
    with pytest.raises(AssertionError, match="no place for rates"):
        replace(document, "rates", "new")
