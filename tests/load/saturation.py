"""What was used to what degree while a load ran, and so what is full first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.load.latency import within
from tests.load.running import Load, Period
from tests.load.sampler import Sample

MAILBOXES = 8
"""Of the local stage: MiniStack lets one actor of each work at a time."""
FULL = 0.9
ACTORS = "the actors' mailboxes"


@dataclass(frozen=True)
class Call:
    """A line of the functions' log: what ran, until when, for how long, in ms."""

    function: str
    ended: float
    took: float


@dataclass(frozen=True)
class Use:
    """How much of something that has an end was used.

    Attributes:
        name: of it.
        share: 1 is all of it.
        of: what all of it is.
    """

    name: str
    share: float
    of: str


def calls(log: Path) -> list[Call]:
    """Read the functions' log."""
    return list(_calls(log.read_text().splitlines()))


def uses(load: Load, period: Period, made: Iterable[Call]) -> list[Use]:
    """Return what was used in a period, fullest first."""
    samples = _inside(load.samples, period)
    if len(samples) < 2:
        return []
    first, last = samples[0], samples[-1]
    seconds = (last.at - first.at) / 1000
    cores = last.cores.total - first.cores.total
    found = [
        Use("the machine", (last.cores.busy - first.cores.busy) / cores, "all cores"),
        Use(ACTORS, _occupied_ms(made, first.at, last.at) / (MAILBOXES * seconds * 1000), f"{MAILBOXES} at a time"),
    ]
    for group in last.cpu_s:
        busiest = max(processes_s(first, last, group).values(), default=0.0) / seconds
        found.append(Use(f"the busiest process of {group}", busiest, "one core"))
    return sorted(found, key=lambda use: -use.share)


def cores_used(load: Load, period: Period) -> dict[str, float]:
    """Return how many cores each group of processes used on average in a period."""
    samples = _inside(load.samples, period)
    if len(samples) < 2:
        return {}
    first, last = samples[0], samples[-1]
    seconds = (last.at - first.at) / 1000
    return {group: sum(processes_s(first, last, group).values()) / seconds for group in last.cpu_s}


def cores_of_others(load: Load, period: Period) -> float:
    """Return how many cores were used on average by whatever else runs on the machine, or were taken away from it."""
    samples = _inside(load.samples, period)
    if len(samples) < 2:
        return 0
    first, last = samples[0], samples[-1]
    busy_s = last.cores.busy - first.cores.busy + last.cores.stolen - first.cores.stolen
    return max(0.0, busy_s / ((last.at - first.at) / 1000) - sum(cores_used(load, period).values()))


def processes_s(first: Sample, last: Sample, group: str) -> dict[int, float]:
    """Return how long each process of a group has worked between two samples."""
    before = first.cpu_s.get(group, {})
    return {pid: used_s - before.get(pid, 0.0) for pid, used_s in last.cpu_s[group].items()}


def deepest(load: Load, period: Period) -> int:
    """Return how many events waited in the mailboxes at the worst moment of a period."""
    return max((sum(sample.depths) for sample in _inside(load.samples, period)), default=0)


def left(load: Load, period: Period) -> int:
    """Return how many operations of a period were not answered when it ended."""
    return sum(one.ended is None or one.ended > period.ended for one in within(load.records, period))


def is_sustained(load: Load, period: Period) -> bool:
    """Tell whether a rate can go on: fewer operations wait at its end than arrive in two seconds."""
    return left(load, period) < 2 * period.per_s


def verdict(load: Load, period: Period, made: Iterable[Call]) -> str:
    """Say what is full first."""
    found = uses(load, period, made)
    if not found:
        return "The load was too short to tell."
    fullest = found[0]
    beside = "; ".join(f"{use.name} {use.share:.0%} of {use.of}" for use in found[1:4])
    groups = sorted(cores_used(load, period).items(), key=lambda pair: -pair[1])[:4]
    spent = ", ".join(f"{name} {share:.2f}" for name, share in groups)
    degree = "is full" if fullest.share >= FULL else "will be full first"
    return (
        f"At {period.per_s:g} operations a second {fullest.name} {degree}: {fullest.share:.0%} of {fullest.of}. "
        f"Next are {beside}. Cores are used by {spent}. {_enough(load, period)}"
    )


def _enough(load: Load, period: Period) -> str:
    """Say for how many operations the cores would do if nothing else ran on the machine."""
    samples = _inside(load.samples, period)
    seconds = (samples[-1].at - samples[0].at) / 1000
    cores = (samples[-1].cores.total - samples[0].cores.total) / seconds
    own = sum(cores_used(load, period).values())
    if not own or not (done_per_s := (len(within(load.records, period)) - left(load, period)) / seconds):
        return ""
    return (
        f"All of them together took {own / done_per_s:.2f} s of a core for each operation, so {cores:.0f} cores of"
        f" their own would do for {cores / own * done_per_s:.1f} operations a second."
    )


def _inside(samples: Iterable[Sample], period: Period) -> list[Sample]:
    return [sample for sample in samples if period.began <= sample.at <= period.ended]


def _occupied_ms(made: Iterable[Call], began: float, ended: float) -> float:
    return sum(call.took for call in made if call.function == "session" and began <= call.ended <= ended)


def _calls(lines: Iterable[str]) -> Iterator[Call]:
    for line in lines:
        if '"durationMs"' in line and line.startswith("{"):
            told = json.loads(line)
            if told.get("message") == "call":
                ended = datetime.fromisoformat(told["timestamp"]).timestamp() * 1000
                yield Call(told["function"], ended, sum(told["durationMs"]))
