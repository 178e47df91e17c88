"""How long things took, from when they were due: who waits because others wait is counted as waiting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.load.records import Operation, Records
from tests.load.running import Period

NAMES = {
    ("list", None): "list a folder: query over HTTP",
    ("read", None): "read a file: query over HTTP",
    ("open", None): "open a file: subscribe, until it is shown",
    ("save", "HTTP"): "save a file: mutation over HTTP",
    ("save", "socket"): "save a file: mutation over the socket, until its promise resolves",
    ("create", "socket"): "create a file: the same",
    ("send", "socket"): "send a message: the same",
}
PUSHES = {
    "save": "a save, until another tab shows it",
    "create": "a new file, until another tab shows it",
    "send": "a message, until another tab shows it",
}


@dataclass(frozen=True)
class Latency:
    """How long one kind of thing took, in ms.

    Attributes:
        name: of the kind.
        count: how often it was done.
        p50: the median; and so on.
        most: the longest.
    """

    name: str
    count: int
    p50: float
    p95: float
    p99: float
    most: float


def latency(name: str, durations_ms: Iterable[float]) -> Latency:
    """Return the percentiles of some durations, of which there is at least one."""
    ordered = sorted(durations_ms)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    return Latency(name, len(ordered), at(0.5), at(0.95), at(0.99), ordered[-1])


def answered(records: Records, period: Period) -> list[Latency]:
    """Return how long answers to what was due in a period took, by kind."""
    found: dict[str, list[float]] = defaultdict(list)
    for operation in within(records, period):
        if operation.ended is not None and operation.is_acknowledged:
            found[NAMES[operation.kind, operation.over]].append(operation.ended - operation.due)
    return [latency(name, found[name]) for name in NAMES.values() if found[name]]


def pushed(records: Records, period: Period) -> list[Latency]:
    """Return how long it took until others were shown what was done in a period, by what it was."""
    found: dict[str, list[float]] = defaultdict(list)
    for operation, took_ms in _pushes(records, period):
        found[operation.kind].append(took_ms)
    return [latency(name, found[kind]) for kind, name in PUSHES.items() if found[kind]]


def mutations(records: Records, period: Period) -> Latency | None:
    """Return how long mutations over sockets took in a period."""
    return _one(records, period, lambda operation: operation.over == "socket")


def all_pushes(records: Records, period: Period) -> Latency | None:
    """Return how long pushes of any kind took in a period."""
    took = [took_ms for _, took_ms in _pushes(records, period)]
    return latency("pushes", took) if took else None


def within(records: Records, period: Period) -> list[Operation]:
    """Return what was due in a period."""
    return [one for one in records.operations if period.began <= one.due < period.ended]


def _one(records: Records, period: Period, counts: Callable[[Operation], bool]) -> Latency | None:
    took = [one.ended - one.due for one in within(records, period) if counts(one) and one.ended is not None]
    return latency("", took) if took else None


def _pushes(records: Records, period: Period) -> Iterable[tuple[Operation, float]]:
    done = {operation.id: operation for operation in within(records, period)}
    first: dict[tuple[str, str], float] = {}
    for seen in records.seen:
        operation = done.get(seen.operation)
        # A file that is opened shows what was saved before: nobody was pushed that.
        if operation and operation.tab != seen.tab and not seen.at_once:
            first.setdefault((seen.tab, seen.operation), seen.at)
    for (_, id), at in first.items():
        yield done[id], at - done[id].due
